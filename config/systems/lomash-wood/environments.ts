import type { Overlay, SystemInput } from '../../schema/system.ts';
import { postgresCommand } from '../../stores/postgres.ts';
import { redisCommand } from '../../stores/redis.ts';
import { catalogue, urlsElsewhere } from './catalogue.ts';
import { postgresSettings, redisOptions, services } from './services.ts';
import { prodSmoke, toolUrls, urls } from './smoke.ts';
import { developedSources } from './sources.ts';
import { awsClients, toolImages, tools, toolSecrets } from './tools.ts';

type Environment = Overlay<SystemInput>;
type Changes = NonNullable<Overlay<SystemInput['services'][string]>>;

const DEBUG_GATEWAY = 9229;

/** Within reach on 127.0.0.1 alone, and open to a debugger there. Of the process that serves, not of what runs beside it. */
function debugged(port: number, debugPort: number): Changes {
  return {
    entrypoint: ['node', `--inspect=0.0.0.0:${debugPort}`, '/app/main.mjs'],
    ports: { http: { published: port }, debug: { container: debugPort, published: debugPort } },
  };
}

/** A developer's machine: every port of the guide on 127.0.0.1, debuggers, tools by profile. */
export const dev: Environment = {
  parameters: { logLevel: 'debug' },
  images: toolImages,
  secrets: toolSecrets,
  volumes: { 'pgadmin-data': { description: 'Settings of pgAdmin.' } },
  sources: developedSources,
  services: {
    ...Object.fromEntries(
      Object.entries(catalogue).map(([name, { port, debugPort }]): [string, Changes] => [
        name,
        {
          ...debugged(port, debugPort),
          ...(awsClients.includes(name) && {
            calls: [...(services[name]?.calls ?? []), 'localstack'],
            environment: { AWS_ENDPOINT_URL: 'http://localstack:4566' },
          }),
        },
      ]),
    ),
    'api-gateway': debugged(3000, DEBUG_GATEWAY),
    postgres: { ports: { postgres: { published: 5432 } } },
    redis: { ports: { redis: { published: 6379 } } },
    mailhog: { ports: { smtp: { published: 1025 }, http: { published: 8025 } } },
    nginx: { ports: { http: { published: 8088 }, https: { published: 8443 } } },
    pgadmin: { ...tools['pgadmin'], ports: { http: { container: 5050, published: 5050 } } },
    'redis-commander': { ...tools['redis-commander'], ports: { http: { container: 8081, published: 8081 } } },
    localstack: { ...tools['localstack'], ports: { aws: { container: 4566, published: 4566 } } },
  },
  smoke: { urls: [...urls, ...toolUrls] },
};

/** Where test keeps its data: no folder of the images, as a tmpfs takes the mode of one that exists and not its owner. */
const MEMORY = '/memory';

/** Short health intervals for all that have a health check: nobody waits in CI, and nobody minds what checks cost there. */
function checkedOften(changes: Readonly<Record<string, Changes>>): Record<string, Changes> {
  const checked = Object.entries(services).filter(([, { healthcheck }]) => healthcheck);
  const often = checked.map(([name]): [string, Changes] => [
    name,
    { ...changes[name], healthcheck: { interval: '5s', startInterval: '300ms' } },
  ]);
  return { ...changes, ...Object.fromEntries(often) };
}

/** CI: data in memory, nothing left behind, any number side by side. */
export const test: Environment = {
  parameters: { nodeEnv: 'test', logLevel: 'debug' },
  volumes: { 'postgres-data': null, 'redis-data': null },
  services: checkedOften({
    postgres: {
      volumes: { 'postgres-data': null },
      tmpfs: { [MEMORY]: { size: '1g' }, '/var/lib/postgresql/data': { size: '1m' } },
      // A folder below: the mount itself belongs to root, and PostgreSQL insists on owning its data.
      environment: { PGDATA: `${MEMORY}/postgres` },
      // What stands in memory is gone with the power all the same.
      ...postgresCommand({ ...postgresSettings, fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
    },
    redis: {
      volumes: { 'redis-data': null },
      tmpfs: { [MEMORY]: { size: '512m' }, '/data': { size: '1m' } },
      command: redisCommand({ ...redisOptions, snapshots: [], folder: MEMORY }),
    },
    'api-gateway': { ports: { http: { published: 'free' } } },
  }),
};

/** As the original's file for production limits every one of its services. */
const share: Changes = {
  limits: { memory: '512m', cpus: 0.5 },
  reservations: { memory: '256m', cpus: 0.25 },
};

/** What the original means to run twice; it can't, as it gives each container a fixed name. */
const TWICE = ['api-gateway', 'auth-service', 'product-service', 'order-payment-service'];

/** A third party's, all of them: set with `slipway secrets set`. */
const PROVIDED = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'FCM_SERVER_KEY',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'TWILIO_AUTH_TOKEN',
];

/** Node trusts what it names beside the public authorities; PostgreSQL has its own in its address. */
const verifying = { NODE_EXTRA_CA_CERTS: '${redis:ca}' };

/**
 * Production: PostgreSQL and Redis are somebody else's, over TLS, mail goes by SES, and nothing but nginx is published. Limits of
 * nginx are ours.
 */
export const prod: Environment = {
  parameters: {
    nodeEnv: 'production',
    ...{ mediaBucket: 'lomash-prod-media', assetsBucket: 'lomash-prod-assets' },
    ...{ notificationQueue: 'lomash-prod-notifications', analyticsQueue: 'lomash-prod-analytics' },
  },
  secrets: {
    ...Object.fromEntries(PROVIDED.map((name) => [name, { provided: true }])),
    ...urlsElsewhere,
    SES_SMTP_PASSWORD: {
      description: 'Password of the SMTP interface of SES.',
      format: { kind: 'password' },
      provided: true,
    },
  },
  services: {
    postgres: { external: {} },
    // Clients of Redis that are told `rediss` verify it, come what may: so does whoever tries it beforehand.
    redis: { external: { sslmode: 'verify-full' } },
    mailhog: null,
    ...Object.fromEntries(
      Object.keys(services)
        .filter((name) => !['postgres', 'redis', 'mailhog', 'nginx'].includes(name))
        .map((name): [string, Changes] => [
          name,
          {
            ...share,
            ...(TWICE.includes(name) && { replicas: 2, bounds: { min: 2 } }),
            ...(Object.hasOwn(catalogue, name) && { environment: verifying }),
          },
        ]),
    ),
    'notification-service': {
      ...share,
      calls: ['postgres', 'redis'],
      environment: {
        ...verifying,
        SMTP_HOST: 'email-smtp.${awsRegion}.amazonaws.com',
        SMTP_PORT: 587,
        SMTP_USER: '${smtpUser}',
      },
      secrets: { SMTP_PASSWORD: 'SES_SMTP_PASSWORD' },
    },
    nginx: {
      profiles: [],
      limits: { memory: '256m', cpus: 0.5 },
      reservations: { memory: '64m', cpus: 0.25 },
      ports: { http: { published: 80, address: '0.0.0.0' }, https: { published: 443, address: '0.0.0.0' } },
    },
  },
  smoke: { ...prodSmoke, urls: urls.filter(({ service }) => service !== 'mailhog') },
};

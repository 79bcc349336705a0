import { proxyService } from '../../nginx/directives.ts';
import { tlsProxy } from '../../nginx/tls.ts';
import type { SystemInput } from '../../schema/system.ts';
import { postgresCommand, postgresHealthcheck } from '../../stores/postgres.ts';
import { redisCommand, redisHealthcheck, redisReload, redisSecretFiles } from '../../stores/redis.ts';
import { catalogue, common, logging, migrationOf, urlOf, urlVariable, type Entry } from './catalogue.ts';

type Services = SystemInput['services'];

const names = Object.keys(catalogue);

/** Settings of the guide's PostgreSQL; statistics of statements have to be there from its start. */
export const postgresSettings = {
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track': 'all',
  timezone: 'Europe/London',
  log_timezone: 'Europe/London',
  log_min_duration_statement: '1000',
  idle_in_transaction_session_timeout: '30s',
  lock_timeout: '10s',
  statement_timeout: '60s',
};

/** The guide's file says `allkeys-lru`: that would drop mail that is queued, and which payments were made already. */
export const redisOptions = { maxMemory: '256mb', snapshots: ['900 1', '300 10', '60 10000'] };

/** As the original checks, but for the first probes: nobody waits for the next one where the service is there already. */
function health(port: number): Services[string]['healthcheck'] {
  return {
    test: ['CMD', '/usr/local/bin/healthcheck', 'http', String(port), '/health'],
    ...{ interval: '15s', timeout: '5s', retries: 5, startPeriod: '30s', startInterval: '500ms' },
  };
}

const code = { image: 'workload', tmpfs: { '/tmp': {} }, logging } satisfies Partial<Services[string]>;

function migration([name, entry]: readonly [string, Entry]): [string, Services[string]] {
  return [
    migrationOf(name),
    {
      ...code,
      description: `Makes the tables of ${name}, then ends.`,
      kind: 'job',
      command: ['lomash-migrate'],
      dependsOn: { postgres: 'healthy' },
      calls: ['postgres'],
      environment: { ...common, SERVICE_NAME: name },
      secrets: { DATABASE_URL: `${entry.prefix}_DATABASE_URL` },
    },
  ];
}

function service([name, entry]: readonly [string, Entry]): [string, Services[string]] {
  const { prefix, description, port, asks = [], secrets = {}, environment = {}, egress = false } = entry;
  return [
    name,
    {
      ...code,
      description,
      command: ['lomash-service'],
      ports: { http: { container: port, metrics: '/metrics' } },
      egress,
      dependsOn: { postgres: 'healthy', redis: 'healthy', [migrationOf(name)]: 'completed' },
      calls: ['postgres', 'redis', ...asks, ...(name === 'notification-service' ? ['mailhog'] : [])],
      healthcheck: health(port),
      environment: {
        ...common,
        SERVICE_NAME: name,
        PORT: port,
        ...Object.fromEntries(asks.map((other) => [urlVariable(other), urlOf(other)])),
        ...(egress && { AWS_REGION: '${awsRegion}' }),
        ...environment,
      },
      secrets: { DATABASE_URL: `${prefix}_DATABASE_URL`, REDIS_URL: `${prefix}_REDIS_URL`, ...secrets },
    },
  ];
}

const gateway: Services[string] = {
  ...code,
  description: 'The public way to all eight services.',
  command: ['lomash-gateway'],
  ports: { http: { container: 3000, metrics: '/metrics' } },
  dependsOn: Object.fromEntries(names.map((name) => [name, 'healthy'])),
  calls: names,
  healthcheck: health(3000),
  environment: {
    ...common,
    ...{ SERVICE_NAME: 'api-gateway', PORT: 3000 },
    ...Object.fromEntries(names.map((name) => [urlVariable(name), urlOf(name)])),
  },
};

const to = { service: 'api-gateway', port: 3000 };
const proxy = tlsProxy({
  certificate: '/run/secrets/TLS_CERTIFICATE',
  key: '/run/secrets/TLS_KEY',
  sites: [
    {
      names: ['${domain}'],
      places: [{ path: '/', to }],
      health: { to, path: '/health' },
      headers: { 'X-Frame-Options': 'DENY', 'Content-Security-Policy': "default-src 'none'" },
    },
  ],
  workers: 2,
  connections: 1024,
});

/** Lomash Wood's services, under the names of the guide. */
export const services: Services = {
  postgres: {
    description: 'Eight databases, each with an owner that can open no other.',
    image: 'postgres',
    ...postgresCommand(postgresSettings),
    singleton: true,
    reload: 'SIGHUP',
    ports: { postgres: { container: 5432 } },
    healthcheck: postgresHealthcheck,
    environment: {
      TZ: 'Europe/London',
      POSTGRES_USER: '${user}',
      // No database of anybody's: those are made beside it.
      POSTGRES_DB: '${database}',
      POSTGRES_INITDB_ARGS: '--encoding=UTF8 --locale=C.UTF-8',
    },
    secrets: { POSTGRES_PASSWORD: 'POSTGRES_PASSWORD' },
    volumes: { 'postgres-data': '/var/lib/postgresql/data' },
    tmpfs: { '/tmp': {}, '/run/postgresql': {} },
    logging,
    rollout: { stopGrace: '60s' },
  },
  redis: {
    description: 'Sessions, caches, locks, queues and buffers: an index for each service.',
    image: 'redis',
    command: redisCommand(redisOptions),
    singleton: true,
    reload: redisReload('plain'),
    ports: { redis: { container: 6379 } },
    healthcheck: { ...redisHealthcheck('plain'), interval: '15s', timeout: '5s', retries: 5, startInterval: '500ms' },
    environment: { TZ: 'Europe/London' },
    secrets: redisSecretFiles,
    logins: [{ protocol: 'redis', password: 'REDIS_PASSWORD' }],
    volumes: { 'redis-data': '/data' },
    tmpfs: { '/tmp': {} },
    logging,
  },
  mailhog: {
    ...code,
    description: "Takes every mail and hands none on; the reference workload in MailHog's stead, with its API.",
    command: ['mailbox'],
    bounds: { max: 1 },
    ports: { smtp: { container: 1025 }, http: { container: 8025, metrics: '/metrics' } },
    healthcheck: health(8025),
    environment: { ...common, SMTP_PORT: 1025, HTTP_PORT: 8025 },
  },
  ...Object.fromEntries(Object.entries(catalogue).map(migration)),
  ...Object.fromEntries(Object.entries(catalogue).map(service)),
  'api-gateway': gateway,
  nginx: {
    description: 'TLS for the domain, in front of the gateway.',
    image: 'nginx',
    ...proxyService(proxy),
    profiles: ['production'],
    bounds: { max: 1 },
    ports: { http: { container: 80 }, https: { container: 443 } },
    dependsOn: { 'api-gateway': 'healthy' },
    calls: ['api-gateway'],
    healthcheck: {
      test: ['CMD', '/usr/local/bin/healthcheck', 'http', '80', '/health'],
      ...{ interval: '10s', timeout: '5s', retries: 3, startInterval: '500ms' },
    },
    environment: { TZ: 'Europe/London' },
    secrets: {
      TLS_CERTIFICATE: { secret: 'NGINX_CERTIFICATE', env: false },
      TLS_KEY: { secret: 'NGINX_KEY', env: false },
    },
    tmpfs: { '/tmp': {} },
    logging,
    rollout: { stopGrace: '10s' },
  },
};

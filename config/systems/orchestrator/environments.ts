import { proxyService } from '../../nginx/directives.ts';
import { tlsProxy } from '../../nginx/tls.ts';
import type { Overlay, SystemInput, Variant } from '../../schema/system.ts';
import { redisCommand } from '../../stores/redis.ts';
import { fanout, orchestrator, services, standIn } from './services.ts';
import { echoedSmoke, smokeSteps } from './smoke.ts';

type Environment = Overlay<SystemInput>;
type Changes = NonNullable<Overlay<SystemInput['services'][string]>>;

/** The model's API is played on the host. */
const played = { modelUrl: 'http://model-api:8087/v1' };
const playing: Record<string, Changes> = {
  'model-api': standIn,
  'agent-runner': { dependsOn: { 'model-api': 'healthy' }, calls: ['redis', 'orchestrator', 'model-api'] },
};

/** A developer's machine: `up --only postgres,redis` for services that run from the editor, or all of it. */
export const dev: Environment = {
  parameters: { ...played, logLevel: 'debug' },
  smoke: { steps: echoedSmoke },
  services: {
    ...playing,
    postgres: { ports: { postgres: { published: 5432 } } },
    redis: { ports: { redis: { published: 6379 } } },
    orchestrator: { ports: { http: { published: 8081 } } },
    fanout: { ports: { http: { published: 8085 } } },
    nginx: { ports: { http: { published: 8088 } } },
  },
};

/** Where test keeps its data: no folder of the images, as a tmpfs takes the mode of one that exists and not its owner. */
const MEMORY = '/memory';

/**
 * Health checks that come often for as long as somebody waits for one, and seldom then: each costs the engine nearly a tenth of a
 * second of a CPU, of which CI has few.
 */
function checkedOften(changes: Readonly<Record<string, Changes>>): Record<string, Changes> {
  const checked = Object.entries(services).filter(([, { healthcheck }]) => healthcheck);
  const often = checked.map(([name]) => [
    name,
    { ...changes[name], healthcheck: { interval: '10s', startInterval: '500ms' } },
  ]);
  return { ...changes, ...(Object.fromEntries(often) as Record<string, Changes>) };
}

/** CI: data in memory, nothing left behind, no key to ask anybody for, any number side by side. */
export const test: Environment = {
  parameters: { ...played, database: 'orchestrator_test', logLevel: 'debug' },
  smoke: { steps: echoedSmoke },
  volumes: { 'postgres-data': null, 'redis-data': null },
  secrets: { OPENAI_API_KEY: { provided: false } },
  services: checkedOften({
    ...playing,
    // It takes no other key than the one that agent-runner has.
    'model-api': { ...(standIn as Changes), secrets: { OPENAI_API_KEY: 'OPENAI_API_KEY' } },
    postgres: {
      volumes: { 'postgres-data': null },
      tmpfs: { [MEMORY]: { size: '1g' }, '/var/lib/postgresql/data': { size: '1m' } },
      // A folder below: the mount itself belongs to root, and PostgreSQL insists on owning its data.
      environment: { PGDATA: `${MEMORY}/postgres` },
    },
    redis: {
      volumes: { 'redis-data': null },
      tmpfs: { [MEMORY]: { size: '512m' }, '/data': { size: '1m' } },
      command: redisCommand({ maxMemory: '256mb', policy: 'noeviction', folder: MEMORY }),
    },
    orchestrator: { ports: { http: { published: 'free' } } },
    nginx: { ports: { http: { published: 'free' } } },
  }),
};

/** Limits of the guide, of each replica. */
const LIMITS: Readonly<Record<string, readonly [cpus: number, memory: string]>> = {
  postgres: [2, '2g'],
  redis: [2, '2g'],
  orchestrator: [2, '1g'],
  'workflow-runner': [2, '1g'],
  'http-worker': [1, '512m'],
  'hitl-worker': [1, '512m'],
  'agent-runner': [2, '2g'],
  fanout: [2, '1g'],
  // Ours: the guide gives none.
  migrate: [1, '512m'],
  nginx: [1, '256m'],
};

function limited(changes: Readonly<Record<string, Changes>>): Record<string, Changes> {
  return Object.fromEntries(
    Object.entries(LIMITS).map(([name, [cpus, memory]]) => [name, { ...changes[name], limits: { cpus, memory } }]),
  );
}

/** Whoever asks the database verifies it with the authority that the stack names, if it names one. */
const verifying: Changes = { environment: { POSTGRES_SSLROOTCERT: '${postgres:ca}' } };

/** Production: the database is somebody else's, nothing but nginx is published, the real model is asked. */
export const prod: Environment = {
  certificates: { nginx: { description: 'Shown to the world.', names: ['${domain}', 'localhost'] } },
  secrets: {
    NGINX_CERTIFICATE: {
      description: 'Certificate of the proxy, with its chain.',
      format: { kind: 'certificate', certificate: 'nginx' },
    },
    NGINX_KEY: {
      description: 'Key of the certificate of the proxy.',
      format: { kind: 'private-key', certificate: 'nginx' },
    },
  },
  // As the world asks, over TLS.
  smoke: { service: 'nginx', port: 'https', host: '${domain}' },
  services: limited({
    postgres: { external: { port: 5432, secret: 'POSTGRES_PASSWORD' } },
    orchestrator: verifying,
    redis: { command: redisCommand({ maxMemory: '${memory*0.5}', policy: 'noeviction' }) },
    migrate: { profiles: [], ...verifying },
    nginx: {
      profiles: [],
      ...proxyService(
        tlsProxy({
          certificate: '/run/secrets/TLS_CERTIFICATE',
          key: '/run/secrets/TLS_KEY',
          sites: [
            {
              names: ['${domain}', 'localhost'],
              places: [
                { path: '/api/', to: orchestrator },
                // Pinged each 15 s: who is silent for longer is gone.
                { path: '/ws', to: fanout, patience: 60 },
              ],
              health: { to: orchestrator, path: '/health' },
              headers: { 'X-Frame-Options': 'DENY', 'Content-Security-Policy': "default-src 'self'" },
            },
          ],
          workers: 2,
          connections: 1024,
        }),
      ),
      secrets: {
        TLS_CERTIFICATE: { secret: 'NGINX_CERTIFICATE', env: false },
        TLS_KEY: { secret: 'NGINX_KEY', env: false },
      },
      ports: { http: { published: 80, address: '0.0.0.0' }, https: { published: 443, address: '0.0.0.0' } },
    },
  }),
};

/** For teams whose runs ask no model. */
const withoutAgents: Variant = {
  description: 'Without agent-runner: no run asks a model, and OPENAI_API_KEY is not needed.',
  overlay: {
    services: { 'agent-runner': null, 'model-api': null },
    smoke: { steps: smokeSteps(['http', 'approval']) },
  },
};

/** What a stack may choose beside its environment. */
export const variants: Readonly<Record<string, Variant>> = { 'without-agents': withoutAgents };

import { proxyService } from '../../nginx/directives.ts';
import { plainProxy } from '../../nginx/plain.ts';
import type { SystemInput } from '../../schema/system.ts';
import { postgresCommand, postgresHealthcheck } from '../../stores/postgres.ts';
import { redisCommand, redisHealthcheck, redisReload, redisSecretFiles } from '../../stores/redis.ts';
import { migrationFiles } from './migrations.ts';

type Services = SystemInput['services'];

/** What the proxies hand requests on to. */
export const orchestrator = { service: 'orchestrator', port: 8081 };
export const fanout = { service: 'fanout', port: 8085 };

/** Go in the original, but for agent-runner, which is Python. */
const code = { image: 'workload', tmpfs: { '/tmp': {} } } satisfies Partial<Services[string]>;

/** What every service of the original reads; its processes are told of their limits. */
const environment = { REDIS_HOST: '${redis:host}', REDIS_PORT: '${redis:port}', LOG_LEVEL: '${logLevel}' };
const redis = { REDIS_PASSWORD: 'REDIS_PASSWORD' };
const worker = { ...environment, GOMAXPROCS: 2 };

const database = {
  POSTGRES_HOST: '${postgres:host}',
  POSTGRES_PORT: '${postgres:port}',
  POSTGRES_SSLMODE: '${postgres:sslmode}',
  POSTGRES_DB: '${database}',
  POSTGRES_USER: '${user}',
};

function http(port: number): NonNullable<Services[string]['healthcheck']> {
  return {
    test: ['CMD', '/usr/local/bin/healthcheck', 'http', String(port), '/health'],
    ...{ interval: '10s', timeout: '5s', retries: 3, startPeriod: '30s', startInterval: '500ms' },
  };
}

/** For those without HTTP: a sign of life that is written each second, after Redis has answered; older than 10 s fails. */
const heartbeat = {
  test: ['CMD', '/usr/local/bin/healthcheck', 'heartbeat'],
  ...{ interval: '10s', timeout: '5s', retries: 3, startPeriod: '30s', startInterval: '500ms' },
} satisfies Services[string]['healthcheck'];

/** Orchestrator's eight services, under the names and on the ports of the guide, and what stands beside them. */
export const services: Services = {
  postgres: {
    description: 'Relational store: workflows, runs and what happened to them.',
    image: 'postgres',
    ...postgresCommand({ log_min_duration_statement: '1000' }),
    singleton: true,
    reload: 'SIGHUP',
    ports: { postgres: { container: 5432 } },
    logins: [{ protocol: 'postgres', user: '${user}', database: '${database}', password: 'POSTGRES_PASSWORD' }],
    healthcheck: postgresHealthcheck,
    environment: { POSTGRES_USER: '${user}', POSTGRES_DB: '${database}' },
    secrets: { POSTGRES_PASSWORD: 'POSTGRES_PASSWORD' },
    volumes: { 'postgres-data': '/var/lib/postgresql/data' },
    tmpfs: { '/tmp': {}, '/run/postgresql': {} },
    files: migrationFiles('/docker-entrypoint-initdb.d'),
    rollout: { healthTimeout: '3m', stopGrace: '60s' },
  },
  redis: {
    description: 'Redis Streams: the work on its way from service to service.',
    image: 'redis',
    // Not the original's allkeys-lru: its streams are runs, and what is evicted is lost.
    command: redisCommand({ maxMemory: '1gb', policy: 'noeviction' }),
    singleton: true,
    reload: redisReload('plain'),
    ports: { redis: { container: 6379 } },
    logins: [{ protocol: 'redis', password: 'REDIS_PASSWORD' }],
    healthcheck: { ...redisHealthcheck('plain'), interval: '5s', timeout: '5s', retries: 5, startInterval: '500ms' },
    secrets: redisSecretFiles,
    volumes: { 'redis-data': '/data' },
    tmpfs: { '/tmp': {} },
  },
  migrate: {
    ...code,
    description: 'Applies the migration files that are missing, then ends: where no first boot of ours does.',
    kind: 'job',
    command: ['orchestrator-migrate'],
    profiles: ['migrate'],
    dependsOn: { postgres: 'healthy' },
    calls: ['postgres'],
    environment: { ...database, MIGRATIONS: '/migrations', LOG_LEVEL: '${logLevel}' },
    secrets: { POSTGRES_PASSWORD: 'POSTGRES_PASSWORD' },
    files: migrationFiles('/migrations'),
  },
  orchestrator: {
    ...code,
    description: 'API: takes runs, records what happens to them, takes decisions of people.',
    command: ['orchestrator'],
    bounds: { max: 4 },
    ports: { http: { container: 8081, metrics: '/metrics' } },
    dependsOn: {
      postgres: 'healthy',
      redis: 'healthy',
      migrate: { condition: 'completed', required: false },
    },
    calls: ['postgres', 'redis', 'fanout'],
    healthcheck: http(8081),
    environment: {
      ...environment,
      ...database,
      PORT: 8081,
      GOMAXPROCS: 4,
      GOMEMLIMIT: '1GiB',
      FANOUT_URL: 'ws://fanout:8085',
    },
    secrets: { ...redis, POSTGRES_PASSWORD: 'POSTGRES_PASSWORD' },
  },
  'workflow-runner': {
    ...code,
    description: 'Coordinator: takes runs from step to step.',
    command: ['workflow-runner'],
    bounds: { max: 4 },
    dependsOn: { redis: 'healthy', orchestrator: 'healthy' },
    calls: ['redis', 'orchestrator'],
    keeps: { runs: { in: 'redis', loss: 'what was under way never ends' } },
    healthcheck: heartbeat,
    environment: { ...environment, PORT: 8082, GOMAXPROCS: 4, ORCHESTRATOR_URL: 'http://orchestrator:8081' },
    secrets: redis,
  },
  'http-worker': {
    ...code,
    description: 'Asks over HTTP what runs want to know.',
    command: ['http-worker'],
    replicas: 2,
    bounds: { max: 20 },
    // Runs name whatever they like, on the internet too.
    egress: true,
    dependsOn: { redis: 'healthy' },
    calls: ['redis', 'orchestrator'],
    healthcheck: heartbeat,
    environment: { ...worker, PORT: 8083 },
    secrets: redis,
  },
  'hitl-worker': {
    ...code,
    description: 'Holds what a person has to approve until they have decided.',
    command: ['hitl-worker'],
    bounds: { max: 4 },
    dependsOn: { redis: 'healthy' },
    calls: ['redis'],
    healthcheck: heartbeat,
    environment: { ...worker, PORT: 8084 },
    secrets: redis,
  },
  'agent-runner': {
    ...code,
    description: 'Asks a language model what runs want it to say.',
    command: ['agent-runner'],
    replicas: 2,
    bounds: { max: 20 },
    ports: { http: { container: 8086, metrics: '/metrics' } },
    egress: true,
    dependsOn: { redis: 'healthy' },
    calls: ['redis', 'orchestrator'],
    healthcheck: http(8086),
    environment: {
      ...environment,
      PORT: 8086,
      ORCHESTRATOR_URL: 'http://orchestrator:8081',
      OPENAI_BASE_URL: '${modelUrl}',
    },
    secrets: { ...redis, OPENAI_API_KEY: 'OPENAI_API_KEY' },
  },
  fanout: {
    ...code,
    description: 'Tells over WebSockets what happens to runs.',
    command: ['fanout'],
    bounds: { max: 4 },
    ports: { http: { container: 8085, metrics: '/metrics' } },
    dependsOn: { redis: 'healthy' },
    calls: ['redis'],
    healthcheck: http(8085),
    environment: { ...environment, PORT: 8085, GOMAXPROCS: 4 },
    secrets: redis,
    // Who is connected is told that it goes away, and comes again.
    rollout: { stopGrace: '30s' },
  },
  nginx: {
    description: 'The way in, in front of orchestrator and fanout.',
    image: 'nginx',
    ...proxyService(
      plainProxy({
        port: 80,
        routes: [
          { prefix: '/api/', to: orchestrator },
          { prefix: '/ws', to: fanout },
        ],
        workers: 1,
        connections: 1024,
      }),
    ),
    profiles: ['production'],
    // Ours: the guide names no bounds, and a port of the host can be published once.
    bounds: { max: 1 },
    ports: { http: { container: 80 }, https: { container: 443 } },
    dependsOn: { orchestrator: 'healthy', fanout: 'healthy' },
    calls: ['orchestrator', 'fanout'],
    healthcheck: {
      test: ['CMD', '/usr/local/bin/healthcheck', 'http', '80', '/health'],
      ...{ interval: '10s', timeout: '5s', retries: 3, startInterval: '500ms' },
    },
    tmpfs: { '/tmp': {} },
    rollout: { stopGrace: '10s' },
  },
};

/** Where no model is to be asked: an API of the same interface, which echoes. */
export const standIn: Services[string] = {
  ...code,
  description: "Stands in for the model's API: echoes what it is told, to whoever has a key.",
  command: ['model-api'],
  bounds: { max: 1 },
  ports: { http: { container: 8087, metrics: '/metrics' } },
  healthcheck: http(8087),
  environment: { PORT: 8087, LOG_LEVEL: '${logLevel}' },
};

import { proxyService } from '../../nginx/directives.ts';
import { tlsProxy, type Site } from '../../nginx/tls.ts';
import type { SystemInput } from '../../schema/system.ts';
import { POSTGRES_VOLUME, postgresCommand, postgresHealthcheck } from '../../stores/postgres.ts';
import { redisCommand, redisHealthcheck, redisReload, redisSecretFiles } from '../../stores/redis.ts';

type Services = SystemInput['services'];

/** Runs once, in the database that the first boot has made. */
const INIT_SQL = `CREATE EXTENSION IF NOT EXISTS "uuid-ossp";
CREATE EXTENSION IF NOT EXISTS unaccent;
`;

const app = { service: 'app', port: 8000 };

/** The application under some names. */
function site(names: readonly string[], headers: Readonly<Record<string, string>> = {}): Site {
  return {
    names,
    places: [{ path: '/', to: app }],
    health: { to: app, path: '/health' },
    headers: { 'X-Frame-Options': 'SAMEORIGIN', 'Content-Security-Policy': "default-src 'self'", ...headers },
  };
}

const proxy = tlsProxy({
  certificate: '/run/secrets/TLS_CERTIFICATE',
  key: '/run/secrets/TLS_KEY',
  sites: [
    site(['${domain}', '*.${domain}']),
    // A browser that is told so keeps to HTTPS for localhost on every port, for years: for whatever else is developed there.
    site(['localhost', '*.localhost'], { 'Strict-Transport-Security': 'max-age=0' }),
  ],
  workers: 2,
  connections: 1024,
});

/** What Redis is told, but for where its data is: a cache, which makes room by dropping what was not used for longest. */
export const redisCache = { maxMemory: '256mb', policy: 'allkeys-lru' } as const;

const environment = {
  APP_ENV: 'prod',
  APP_DEBUG: false,
  DEFAULT_URI: 'https://${domain}',
  TRUSTED_PROXIES: 'private_ranges',
  LOG_LEVEL: '${logLevel}',
};

/** What runs the application's code. */
const code = {
  image: 'workload',
  tmpfs: { '/tmp': {} },
  secrets: { DATABASE_URL: 'DATABASE_URL', REDIS_URL: 'REDIS_URL', APP_SECRET: 'APP_SECRET' },
} satisfies Partial<Services[string]>;

/** Luminai's services, under the names of the guide. */
export const services: Services = {
  database: {
    description: 'Relational store, with keys that sort by time.',
    image: 'postgres',
    // Without it nothing of what the guide looks for in the logs (`duration:`) would be there.
    ...postgresCommand({ log_min_duration_statement: '1000' }),
    singleton: true,
    reload: 'SIGHUP',
    ports: { postgres: { container: 5432 } },
    healthcheck: postgresHealthcheck,
    environment: {
      POSTGRES_USER: '${user}',
      POSTGRES_DB: '${database}',
      // Capitals with accents have small letters too, whichever C library the image has.
      POSTGRES_INITDB_ARGS: '--encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8',
    },
    secrets: { POSTGRES_PASSWORD: 'POSTGRES_PASSWORD' },
    // From 18 on around the folder of the version, not at /var/lib/postgresql/data as the guide has it.
    volumes: { 'postgres-data': POSTGRES_VOLUME },
    tmpfs: { '/tmp': {}, '/run/postgresql': {} },
    files: { '/docker-entrypoint-initdb.d/01-init.sql': { content: INIT_SQL } },
    // A first boot on a busy host takes more than the minute that is usual.
    rollout: { healthTimeout: '3m', stopGrace: '60s' },
  },
  redis: {
    description: 'Cache, and who is logged in.',
    image: 'redis',
    command: redisCommand(redisCache),
    singleton: true,
    reload: redisReload('plain'),
    ports: { redis: { container: 6379 } },
    healthcheck: { ...redisHealthcheck('plain'), interval: '5s', timeout: '5s', retries: 5, startInterval: '500ms' },
    secrets: redisSecretFiles,
    volumes: { 'redis-data': '/data' },
    tmpfs: { '/tmp': {} },
  },
  migrate: {
    ...code,
    description: 'Makes the tables that pages are kept in, then ends.',
    kind: 'job',
    command: ['luminai-migrate'],
    dependsOn: { database: 'healthy' },
    calls: ['database'],
    environment,
  },
  app: {
    ...code,
    description: 'The application: pages, sessions, search.',
    command: ['luminai-app'],
    bounds: { max: 8 },
    limits: { cpus: 2, memory: '2g' },
    reservations: { memory: '512m' },
    // Published nowhere: what has a port of the host can't run beside the one that follows it.
    ports: { http: { container: 8000, metrics: '/health/metrics' } },
    egress: true,
    dependsOn: { database: 'healthy', redis: 'healthy', migrate: 'completed' },
    calls: ['database', 'redis'],
    keeps: {
      sessions: { in: 'redis', loss: 'who is logged in has to log in again', elsewhere: 'session-store' },
    },
    healthcheck: {
      test: ['CMD', '/usr/local/bin/healthcheck', 'http', '8000', '/health'],
      interval: '10s',
      timeout: '5s',
      retries: 3,
      startPeriod: '30s',
      startInterval: '500ms',
    },
    environment: { ...environment, FRANKENPHP_NUM_THREADS: 4, OPCACHE_ENABLED: true },
  },
  nginx: {
    description: 'The way in: TLS for the domain and all below, and for *.localhost.',
    image: 'nginx',
    ...proxyService(proxy),
    // Ours: the guide names no bounds, and a port of the host can be published once.
    bounds: { max: 1 },
    ports: { http: { container: 80 }, https: { container: 443 } },
    dependsOn: { app: 'healthy' },
    calls: ['app'],
    healthcheck: {
      test: ['CMD', '/usr/local/bin/healthcheck', 'http', '80', '/health'],
      interval: '10s',
      timeout: '5s',
      retries: 3,
      startInterval: '500ms',
    },
    secrets: {
      TLS_CERTIFICATE: { secret: 'NGINX_CERTIFICATE', env: false },
      TLS_KEY: { secret: 'NGINX_KEY', env: false },
    },
    tmpfs: { '/tmp': {} },
    rollout: { stopGrace: '10s' },
  },
};

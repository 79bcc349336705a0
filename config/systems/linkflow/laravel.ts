import type { SystemInput } from '../../schema/system.ts';

type Services = SystemInput['services'];

/** What Laravel reads that is no secret: the same for api, queue and scheduler. */
const environment = {
  APP_NAME: 'LinkFlow',
  APP_ENV: 'production',
  APP_DEBUG: false,
  APP_URL: 'http://localhost:8000',
  FRONTEND_URL: 'http://localhost:3000',
  APP_LOCALE: 'en',
  APP_FALLBACK_LOCALE: 'en',
  APP_FAKER_LOCALE: 'en_US',
  APP_MAINTENANCE_DRIVER: 'file',
  BCRYPT_ROUNDS: 12,
  LOG_CHANNEL: 'stack',
  LOG_STACK: 'stderr',
  LOG_DEPRECATIONS_CHANNEL: 'null',
  LOG_LEVEL: '${logLevel}',
  DB_CONNECTION: 'pgsql',
  DB_HOST: 'postgres',
  DB_PORT: 5432,
  DB_DATABASE: '${database}',
  DB_USERNAME: '${user}',
  DB_SSLMODE: '${sslmode}',
  SESSION_DRIVER: 'redis',
  SESSION_LIFETIME: 120,
  SESSION_ENCRYPT: false,
  SESSION_PATH: '/',
  SESSION_DOMAIN: 'null',
  BROADCAST_CONNECTION: 'log',
  FILESYSTEM_DISK: 'local',
  QUEUE_CONNECTION: 'redis',
  CACHE_STORE: 'redis',
  REDIS_CLIENT: 'phpredis',
  REDIS_HOST: 'redis',
  REDIS_PORT: 6379,
  REDIS_QUEUE: 'workflows-default',
  MAIL_MAILER: 'log',
  MAIL_HOST: '127.0.0.1',
  MAIL_PORT: 2525,
  MAIL_USERNAME: 'null',
  MAIL_ENCRYPTION: 'null',
  MAIL_FROM_ADDRESS: 'noreply@linkflow.io',
  MAIL_FROM_NAME: 'LinkFlow',
  ENGINE_PARTITION_COUNT: '${partitions}',
};

const secrets = {
  APP_KEY: 'APP_KEY',
  DB_PASSWORD: 'POSTGRES_PASSWORD',
  REDIS_PASSWORD: 'REDIS_PASSWORD',
  MAIL_PASSWORD: 'MAIL_PASSWORD',
  PASSPORT_PASSWORD_CLIENT_SECRET: 'PASSPORT_PASSWORD_CLIENT_SECRET',
  LINKFLOW_ENGINE_SECRET: 'LINKFLOW_SECRET',
};

const common = {
  image: 'workload',
  environment,
  secrets,
  tmpfs: { '/tmp': {} },
} satisfies Partial<Services[string]>;

/** Fails once the loop has not been round, databases included, for a while. */
const heartbeat = {
  test: ['CMD', '/usr/local/bin/healthcheck', 'heartbeat'],
  interval: '10s',
  timeout: '5s',
  retries: 3,
} satisfies Services[string]['healthcheck'];

/** The api and what works beside it: Laravel in the original, one image for all three. */
export const laravel: Services = {
  api: {
    ...common,
    description: 'Public HTTP API: accepts executions and answers for them.',
    command: ['api'],
    bounds: { max: 8 },
    ports: { http: { container: 8000, metrics: '/metrics' } },
    egress: true,
    dependsOn: {
      postgres: 'healthy',
      redis: 'healthy',
      migrate: { condition: 'completed', required: false },
    },
    calls: ['postgres', 'redis'],
    healthcheck: {
      test: ['CMD', '/usr/local/bin/healthcheck', 'http', '8000', '/api/v1/health'],
      interval: '30s',
      timeout: '10s',
      retries: 3,
      startPeriod: '40s',
    },
  },
  queue: {
    ...common,
    description: 'Hands queued executions to the engine.',
    command: ['queue'],
    bounds: { max: 8 },
    ports: { metrics: { container: 9464, metrics: '/metrics' } },
    egress: true,
    dependsOn: { api: 'healthy' },
    calls: ['postgres', 'redis', 'frontend'],
    healthcheck: heartbeat,
    environment: {
      ...environment,
      FRONTEND_ADDR: 'frontend:9090',
      JOB_CONSUMER_GROUP: 'engine-group',
      JOB_CLAIM_MIN_IDLE: '30s',
      JOB_CLAIM_BATCH: 50,
    },
  },
  scheduler: {
    ...common,
    description: 'Runs what is due each minute; one at a time.',
    command: ['scheduler'],
    profiles: ['scheduler'],
    singleton: true,
    ports: { metrics: { container: 9464, metrics: '/metrics' } },
    dependsOn: { api: 'healthy' },
    calls: ['postgres', 'redis'],
    healthcheck: heartbeat,
  },
};

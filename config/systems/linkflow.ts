import { withMonitoring } from '../monitoring/with-monitoring.ts';
import { postgresImage } from '../stores/postgres.ts';
import { redisSecrets } from '../stores/redis.ts';
import type { SystemDescription } from '../schema/system.ts';
import { commonImages } from './images.ts';
import { engine } from './linkflow/engine.ts';
import { dev, prod, test, variants } from './linkflow/environments.ts';
import { laravel } from './linkflow/laravel.ts';
import { devProxy } from './linkflow/proxy.ts';
import { sources } from './linkflow/sources.ts';
import { databaseUrl, stores } from './linkflow/stores.ts';
import { tasks } from './linkflow/tasks.ts';

const described: SystemDescription = {
  name: 'linkflow',
  description: 'Workflow automation: a Laravel API and a Go engine on PostgreSQL and Redis.',
  parameters: {
    ...{ user: 'linkflow', database: 'linkflow', sslmode: 'disable', logLevel: 'info', partitions: '16' },
    // Of the proxy in prod: its server names, and how much it takes from one address.
    ...{ apiHost: 'api.linkflow.io', engineHost: 'engine.linkflow.io' },
    ...{ apiRate: '100r/s', authRate: '5r/s', connectionsPerAddress: '20' },
  },
  images: { postgres: postgresImage(17), ...commonImages },
  secrets: {
    POSTGRES_PASSWORD: {
      description: 'Password of the database user.',
      format: { kind: 'password', length: 32 },
      rotation: { postgresRole: { service: 'postgres', role: '${user}' } },
    },
    LINKFLOW_SECRET: {
      description: 'Signs what workers report to the api.',
      format: { kind: 'base64', bytes: 32 },
    },
    JWT_SECRET: { description: 'Signs the tokens of the engine.', format: { kind: 'base64', bytes: 32 } },
    APP_KEY: { description: 'Encrypts what Laravel stores.', format: { kind: 'laravel-key', bytes: 32 } },
    MAIL_PASSWORD: { description: 'Password of the mail server.', format: { kind: 'password', length: 32 } },
    PASSPORT_PASSWORD_CLIENT_SECRET: {
      description: 'With it the frontend asks for tokens with which users log in.',
      format: { kind: 'password', length: 40 },
    },
    DATABASE_URL: {
      description: 'Address of the database, with its password.',
      format: {
        kind: 'template',
        template: databaseUrl(),
      },
    },
    ...redisSecrets('redis'),
  },
  volumes: {
    'postgres-data': { description: 'The database: executions, tasks, timers.' },
    'redis-data': { description: 'Work that is queued.' },
  },
  services: {
    ...stores,
    ...laravel,
    ...engine,
    nginx: {
      description: 'The way in: routes by path to api and engine.',
      image: 'nginx',
      ...devProxy,
      profiles: ['production'],
      // Ours: the guide names no bounds, and a port of the host can be published once.
      bounds: { max: 1 },
      ports: { http: { container: 80 }, https: { container: 443 } },
      dependsOn: { api: 'healthy', frontend: 'healthy' },
      calls: ['api', 'frontend'],
      healthcheck: {
        test: ['CMD', '/usr/local/bin/healthcheck', 'http', '80', '/health'],
        interval: '10s',
        timeout: '5s',
        retries: 3,
      },
      tmpfs: { '/tmp': {} },
      // Whoever waits for an answer gets it; a WebSocket would keep the port from the next one for as long as it may.
      rollout: { stopGrace: '10s' },
    },
  },
  tasks,
  sources,
  environments: { dev, test, prod },
  variants,
  smoke: {
    service: 'api',
    port: 'http',
    start: { method: 'POST', path: '/api/v1/executions', body: { input: { message: 'hello' } } },
    poll: { path: '/api/v1/executions/{id}', done: 'completed', failed: ['failed', 'cancelled', 'timed_out'] },
    timeout: '60s',
    urls: [
      { label: 'Proxy', service: 'nginx', port: 'http', path: '/health' },
      { label: 'API', service: 'api', port: 'http', path: '/api/v1/health' },
      { label: 'Engine', service: 'frontend', port: 'http', path: '/health' },
      { label: 'Engine gRPC', service: 'frontend', port: 'grpc' },
      { label: 'PostgreSQL', service: 'postgres', port: 'postgres' },
      { label: 'Redis', service: 'redis', port: 'redis' },
    ],
  },
};

/** LinkFlow: a Laravel API and a Go engine on PostgreSQL and Redis, as its two guides describe it. */
export const linkflow: SystemDescription = withMonitoring(described, {
  ...{ postgres: ['postgres'], redis: ['redis'] },
  // 9090 is the engine's gRPC.
  published: { prometheus: 9091 },
});

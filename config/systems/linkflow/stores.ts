import { postgresCommand, postgresHealthcheck } from '../../stores/postgres.ts';
import { redisCommand, redisHealthcheck, redisReload, redisSecretFiles } from '../../stores/redis.ts';
import type { SystemInput } from '../../schema/system.ts';

type Services = SystemInput['services'];

/** Address of the database with its password. `more`: further parameters, each with an `&` before it. */
export function databaseUrl(more = ''): string {
  const address = '${user}:${POSTGRES_PASSWORD|url}@postgres:5432/${database}';
  return `postgres://${address}?sslmode=\${sslmode}&search_path=workflow${more}`;
}

/** Runs once, in the database that the first boot has made. */
const INIT_SQL = `CREATE EXTENSION IF NOT EXISTS "uuid-ossp";
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE SCHEMA IF NOT EXISTS workflow;
CREATE SCHEMA IF NOT EXISTS visibility;
CREATE SCHEMA IF NOT EXISTS matching;
GRANT ALL PRIVILEGES ON DATABASE "\${database}" TO "\${user}";
GRANT ALL PRIVILEGES ON SCHEMA workflow, visibility, matching TO "\${user}";
`;

/** The databases: one of each, with its data in a volume. */
export const stores: Services = {
  postgres: {
    description: 'Relational store of executions, tasks and timers.',
    image: 'postgres',
    ...postgresCommand({
      shared_buffers: '256MB',
      max_connections: '200',
      work_mem: '16MB',
      maintenance_work_mem: '128MB',
      effective_cache_size: '512MB',
      log_min_duration_statement: '1000',
    }),
    singleton: true,
    reload: 'SIGHUP',
    // A process for each of 200 connections, and those that work beside them.
    pidsLimit: 1024,
    ports: { postgres: { container: 5432 } },
    healthcheck: postgresHealthcheck,
    environment: {
      POSTGRES_USER: '${user}',
      POSTGRES_DB: '${database}',
      POSTGRES_INITDB_ARGS: '--encoding=UTF8 --locale=C',
    },
    secrets: { POSTGRES_PASSWORD: 'POSTGRES_PASSWORD' },
    volumes: { 'postgres-data': '/var/lib/postgresql/data' },
    tmpfs: { '/tmp': {}, '/run/postgresql': {} },
    files: { '/docker-entrypoint-initdb.d/01-init.sql': { content: INIT_SQL } },
    rollout: { stopGrace: '60s' },
  },
  redis: {
    description: 'Queue between api and engine.',
    image: 'redis',
    // Evicts nothing: its streams hold work.
    command: redisCommand({ maxMemory: '256mb' }),
    singleton: true,
    reload: redisReload('plain'),
    ports: { redis: { container: 6379 } },
    healthcheck: {
      ...redisHealthcheck('plain'),
      interval: '5s',
      timeout: '5s',
      retries: 5,
      startInterval: '500ms',
    },
    secrets: redisSecretFiles,
    volumes: { 'redis-data': '/data' },
    tmpfs: { '/tmp': {} },
  },
};

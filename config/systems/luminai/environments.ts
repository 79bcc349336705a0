import type { Overlay, SystemInput } from '../../schema/system.ts';
import { POSTGRES_VOLUME, postgresCommand } from '../../stores/postgres.ts';
import { redisCommand } from '../../stores/redis.ts';
import { developedSources } from './sources.ts';
import { redisCache, services } from './services.ts';

type Environment = Overlay<SystemInput>;
type Changes = NonNullable<Overlay<SystemInput['services'][string]>>;

/** A developer's machine: the guide's ports, on 127.0.0.1. */
export const dev: Environment = {
  parameters: { logLevel: 'debug' },
  sources: developedSources,
  services: {
    database: { ports: { postgres: { published: 5432 } } },
    redis: { ports: { redis: { published: 6379 } } },
    app: { environment: { APP_ENV: 'dev', APP_DEBUG: true } },
    migrate: { environment: { APP_ENV: 'dev' } },
    nginx: { ports: { http: { published: 80 }, https: { published: 443 } } },
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

/** CI: data in memory, nothing left behind, any number side by side. */
export const test: Environment = {
  parameters: { database: 'luminai_test', logLevel: 'debug' },
  volumes: { 'postgres-data': null, 'redis-data': null },
  services: checkedOften({
    database: {
      volumes: { 'postgres-data': null },
      tmpfs: { [MEMORY]: { size: '1g' }, [POSTGRES_VOLUME]: { size: '1m' } },
      // A folder below: the mount itself belongs to root, and PostgreSQL insists on owning its data.
      environment: { PGDATA: `${MEMORY}/postgres` },
    },
    redis: {
      volumes: { 'redis-data': null },
      tmpfs: { [MEMORY]: { size: '512m' }, '/data': { size: '1m' } },
      command: redisCommand({ ...redisCache, folder: MEMORY }),
    },
    app: { environment: { APP_ENV: 'test' } },
    migrate: { environment: { APP_ENV: 'test' } },
    nginx: { ports: { http: { published: 'free' }, https: { published: 'free' } } },
  }),
};

type Share = readonly [memory: string, cpus: number];

function shares(limit: Share, reserved: Share): Pick<Changes, 'limits' | 'reservations'> {
  return { limits: { memory: limit[0], cpus: limit[1] }, reservations: { memory: reserved[0], cpus: reserved[1] } };
}

/** Production: nothing but nginx is published. Limits are ours, but for those of the application: the guide has no others. */
export const prod: Environment = {
  services: {
    database: {
      ...shares(['2g', 2], ['1g', 1]),
      ...postgresCommand({
        shared_buffers: '${memory*0.25}',
        effective_cache_size: '${memory*0.75}',
        maintenance_work_mem: '${memory*0.0625}',
        log_min_duration_statement: '500',
      }),
      // Parallel workers share memory there, and the engine's 64 MiB are soon full.
      shmSize: '256m',
    },
    // What Redis holds, and what it needs to write it down.
    redis: shares(['512m', 0.5], ['384m', 0.25]),
    app: { environment: { LOG_LEVEL: 'warning' } },
    migrate: shares(['512m', 1], ['128m', 0.25]),
    nginx: {
      ...shares(['256m', 0.5], ['128m', 0.25]),
      ports: { http: { published: 80, address: '0.0.0.0' }, https: { published: 443, address: '0.0.0.0' } },
    },
  },
};

import { postgresCommand } from '../../stores/postgres.ts';
import { redisCommand, redisHealthcheck, redisReload } from '../../stores/redis.ts';
import { behindListener, listenerService, type Listening } from '../../nginx/listener.ts';
import type { Overlay, SystemInput, Variant } from '../../schema/system.ts';
import { engine } from './engine.ts';
import { laravel } from './laravel.ts';
import { prodProxy } from './proxy.ts';
import { developedSources } from './sources.ts';
import { databaseUrl, stores } from './stores.ts';
import { postgresExporterOverTls, redisExporterOverTls } from './watched.ts';

type Environment = Overlay<SystemInput>;

const debugging = { APP_ENV: 'local', APP_DEBUG: true };

/** A developer's machine: no limits, everything within reach on 127.0.0.1. */
export const dev: Environment = {
  parameters: { logLevel: 'debug' },
  sources: developedSources,
  services: {
    postgres: { ports: { postgres: { published: 5432 } } },
    redis: { ports: { redis: { published: 6379 } } },
    api: { ports: { http: { published: 8000 } }, environment: debugging },
    queue: { environment: debugging },
    scheduler: { environment: debugging },
    frontend: { ports: { http: { published: 8080 }, grpc: { published: 9090 } } },
    worker: { environment: { NUM_WORKERS: 2 } },
    nginx: { ports: { http: { published: 8088 } } },
  },
};

/**
 * Where test keeps its data. No folder of the images: over one that exists, a tmpfs takes its mode and not its owner, so
 * that nobody but root could write. What the images declare as volumes is covered, or the engine would make some.
 */
const MEMORY = '/memory';

const testing = { APP_ENV: 'testing', APP_DEBUG: true };

/**
 * Often for as long as somebody waits for a check, and seldom then: each costs the engine nearly a tenth of a second of a CPU, of
 * which CI has few.
 */
const SHORT = { interval: '10s', startInterval: '500ms' };

/** Changes of services, with short health intervals for all that have a health check. */
function checkedOften(changes: NonNullable<Environment['services']>): NonNullable<Environment['services']> {
  const checked = Object.entries({ ...stores, ...laravel, ...engine }).filter(([, { healthcheck }]) => healthcheck);
  return Object.fromEntries(checked.map(([name]) => [name, { ...changes[name], healthcheck: SHORT }]));
}

/** CI: a database of its own name, data in memory, nothing left behind. */
export const test: Environment = {
  parameters: { database: 'linkflow_test', logLevel: 'debug' },
  volumes: { 'postgres-data': null, 'redis-data': null },
  services: checkedOften({
    postgres: {
      volumes: { 'postgres-data': null },
      tmpfs: { [MEMORY]: { size: '1g' }, '/var/lib/postgresql/data': { size: '1m' } },
      // A folder below: the mount itself belongs to root, and PostgreSQL insists on owning its data.
      environment: { PGDATA: `${MEMORY}/postgres` },
    },
    redis: {
      volumes: { 'redis-data': null },
      tmpfs: { [MEMORY]: { size: '512m' }, '/data': { size: '1m' } },
      command: redisCommand({ maxMemory: '256mb', folder: MEMORY }),
    },
    // What its smoke test asks: any number of such stacks stand side by side.
    api: { ports: { http: { published: 'free' } }, environment: testing },
    queue: { environment: testing },
    scheduler: { environment: testing },
    worker: { environment: { NUM_WORKERS: 1 } },
  }),
};

type Share = readonly [memory: string, cpus: number];

function shares(
  limit: Share,
  reserved: Share,
): Pick<NonNullable<Overlay<SystemInput['services'][string]>>, 'limits' | 'reservations'> {
  return { limits: { memory: limit[0], cpus: limit[1] }, reservations: { memory: reserved[0], cpus: reserved[1] } };
}

/** Who may connect to PostgreSQL, and how: by its own socket, or over TLS with a password. Nobody else is listed. */
const TLS_ONLY = `# TYPE  DATABASE  USER  ADDRESS  METHOD
local   all  all       trust
hostssl all  all  all  scram-sha-256
`;
const HBA_FILE = '/etc/postgresql/access/pg_hba.conf';

/** A certificate and its key, as secrets of the system. */
function certificateSecrets(prefix: string, certificate: string, of: string): NonNullable<Environment['secrets']> {
  return {
    [`${prefix}_CERTIFICATE`]: {
      description: `Certificate of ${of}, with its chain.`,
      format: { kind: 'certificate', certificate },
    },
    [`${prefix}_KEY`]: {
      description: `Key of the certificate of ${of}.`,
      format: { kind: 'private-key', certificate },
    },
  };
}

/** The same, as files of the service that shows it. */
function certificateFiles(prefix: string): Record<string, { secret: string; env: false }> {
  return {
    TLS_CERTIFICATE: { secret: `${prefix}_CERTIFICATE`, env: false },
    TLS_KEY: { secret: `${prefix}_KEY`, env: false },
  };
}

/** Where the clients of the database find its authority. */
const POSTGRES_CA = '/run/secrets/POSTGRES_CA';

/** What a service gets that logs in to the database: its shares, and what it verifies the database with. */
function databaseClient(
  ...given: Parameters<typeof shares>
): ReturnType<typeof shares> & { secrets: { POSTGRES_CA: { secret: string; env: false } } } {
  return { ...shares(...given), secrets: { POSTGRES_CA: { secret: 'POSTGRES_CA', env: false } } };
}

/** What Laravel is told of where it is found, and says less of what it does. */
const serving = { APP_URL: 'https://${apiHost}', LOG_LEVEL: 'warning', DB_SSLROOTCERT: POSTGRES_CA };

const prodRedis = { maxMemory: '${memory*0.5}', snapshots: ['900 1', '300 10', '60 10000'] };

/** A release of nginx refuses nobody: the ports are another's. */
const WAY_IN: Listening = {
  ...{ listener: 'listener', proxy: 'nginx', volume: 'listener-socket' },
  ...{ ports: { http: 80, https: 443 }, health: 'http' },
};

/** Production: replicas and limits of the guide; TLS everywhere it crosses the way in; nothing else is published. */
export const prod: Environment = {
  parameters: { sslmode: 'require' },
  images: { listener: { build: { context: 'images/listener' }, uid: 102, gid: 102 } },
  volumes: { 'listener-socket': { description: 'Where nginx takes its sockets from.', keep: false } },
  certificates: {
    postgres: { description: 'Shown by the database to its clients.', names: ['postgres', 'localhost'] },
    nginx: { description: 'Shown to the world.', names: ['${apiHost}', '${engineHost}', 'localhost'] },
  },
  secrets: {
    ...certificateSecrets('POSTGRES', 'postgres', 'the database'),
    POSTGRES_CA: {
      description: 'Certificate of the authority that has signed that of the database, for its clients.',
      format: { kind: 'ca-certificate', of: 'postgres' },
    },
    // With it, `require` verifies who has signed, as libpq has it; `verify-full` verifies the name too.
    DATABASE_URL: { format: { kind: 'template', template: databaseUrl(`&sslrootcert=${POSTGRES_CA}`) } },
    ...certificateSecrets('NGINX', 'nginx', 'the proxy'),
  },
  // As the world asks: nothing else is published.
  smoke: {
    ...{ service: 'listener', port: 'https', host: '${apiHost}' },
    urls: [{ label: 'Proxy', service: 'listener', port: 'http', path: '/health' }],
  },
  services: {
    postgres: {
      secrets: certificateFiles('POSTGRES'),
      files: { [HBA_FILE]: { content: TLS_ONLY } },
      ...shares(['2g', 2], ['1g', 1]),
      ...postgresCommand({
        // The guide's figures for the 2 GiB and 2 CPUs that it gives: 1GB, 3GB, 32MB, 256MB, 8 and 64MB.
        shared_buffers: '${memory*0.5}',
        effective_cache_size: '${memory*1.5}',
        work_mem: '${memory*0.015625}',
        maintenance_work_mem: '${memory*0.125}',
        max_connections: '200',
        max_worker_processes: '${cpus*4}',
        max_parallel_workers: '${cpus*4}',
        wal_buffers: '${memory*0.03125}',
        checkpoint_completion_target: '0.9',
        max_wal_size: '2GB',
        log_min_duration_statement: '500',
        log_checkpoints: 'on',
        log_lock_waits: 'on',
        ssl: 'on',
        ssl_cert_file: '/run/secrets/TLS_CERTIFICATE',
        ssl_key_file: '/run/secrets/TLS_KEY',
        hba_file: HBA_FILE,
      }),
      // Parallel workers share memory there, and the engine's 64 MiB are soon full.
      shmSize: '256m',
    },
    redis: { ...shares(['1g', 1], ['512m', 0.5]), command: redisCommand(prodRedis) },
    api: {
      ...databaseClient(['512m', 1], ['256m', 0.5]),
      replicas: 2,
      bounds: { min: 2 },
      environment: serving,
    },
    queue: {
      ...databaseClient(['512m', 1], ['256m', 0.5]),
      replicas: 2,
      bounds: { min: 2 },
      environment: serving,
    },
    worker: {
      ...databaseClient(['1g', 2], ['512m', 1]),
      replicas: 3,
      bounds: { min: 3 },
      // 8 with the 2 CPUs that the guide gives.
      environment: { NUM_WORKERS: '${cpus*4}' },
    },
    history: databaseClient(['1g', 2], ['512m', 1]),
    frontend: { ...databaseClient(['512m', 1], ['256m', 0.5]), replicas: 2, bounds: { min: 2 } },
    // Always on here, as the guide says: an empty list clears the profile of the base.
    scheduler: {
      ...databaseClient(['256m', 0.5], ['128m', 0.25]),
      profiles: [],
      environment: serving,
    },
    nginx: {
      ...shares(['256m', 1], ['128m', 0.25]),
      profiles: [],
      ...prodProxy,
      ...behindListener(WAY_IN),
      secrets: certificateFiles('NGINX'),
    },
    listener: {
      image: 'listener',
      ...listenerService(WAY_IN),
      ...shares(['64m', 0.5], ['16m', 0.1]),
      ports: {
        http: { container: 80, published: 80, address: '0.0.0.0' },
        https: { container: 443, published: 443, address: '0.0.0.0' },
      },
    },
    // Limits and reservations from here on, and those of scheduler, nginx and listener, are ours: the guide leaves them out.
    matching: databaseClient(['512m', 1], ['256m', 0.5]),
    timer: databaseClient(['256m', 0.5], ['128m', 0.25]),
    visibility: databaseClient(['512m', 1], ['256m', 0.5]),
    edge: databaseClient(['256m', 0.5], ['128m', 0.25]),
    'control-plane': databaseClient(['256m', 0.5], ['128m', 0.25]),
    'postgres-exporter': postgresExporterOverTls(POSTGRES_CA, { POSTGRES_CA: { secret: 'POSTGRES_CA', env: false } }),
    // A release brings its tables along: again only when the image changes.
    migrate: { ...databaseClient(['512m', 1], ['128m', 0.25]), profiles: [] },
  },
};

const REDIS_CA = { REDIS_CA: { secret: 'REDIS_CA', env: false } } as const;
/** Go, OpenSSL and the reference workload trust what this names. */
const trusting = { secrets: REDIS_CA, environment: { SSL_CERT_FILE: '/run/secrets/REDIS_CA' } };
const laravelTrusting = { secrets: REDIS_CA, environment: { ...trusting.environment, REDIS_SCHEME: 'tls' } };

const redisExporter = redisExporterOverTls('/run/secrets/REDIS_CA', REDIS_CA);

/** For networks that others share: what is queued crosses them encrypted too. */
const redisTls: Variant = {
  description: 'Redis over TLS alone, verified by its clients.',
  environments: ['prod'],
  overlay: {
    certificates: { redis: { description: 'Shown by Redis to its clients.', names: ['redis', 'localhost'] } },
    secrets: {
      ...certificateSecrets('REDIS', 'redis', 'Redis'),
      REDIS_CA: {
        description: 'Certificate of the authority that has signed that of Redis, for its clients.',
        format: { kind: 'ca-certificate', of: 'redis' },
      },
      ...redisExporter.secrets,
      REDIS_URL: { format: { kind: 'template', template: 'rediss://:${REDIS_PASSWORD|url}@redis:6379' } },
    },
    services: {
      redis: {
        command: redisCommand({ ...prodRedis, tls: true }),
        secrets: { ...certificateFiles('REDIS'), ...REDIS_CA },
        healthcheck: redisHealthcheck('tls'),
        reload: redisReload('tls'),
      },
      'redis-exporter': redisExporter.service,
      ...Object.fromEntries(Object.keys(laravel).map((name) => [name, laravelTrusting])),
      ...Object.fromEntries(Object.keys(engine).map((name) => [name, trusting])),
    },
  },
};

/** What a stack may choose beside its environment. */
export const variants: Readonly<Record<string, Variant>> = { 'redis-tls': redisTls };

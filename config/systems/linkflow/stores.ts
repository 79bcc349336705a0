import type { SystemInput } from '../../schema/system.ts';

type Services = SystemInput['services'];

/**
 * PostgreSQL with settings on top of those of its configuration file. Before a running one is replaced it is seen that the
 * image takes the settings, and that its version is the one that has written the data: a newer one can't read that.
 */
export function postgresCommand(
  settings: Readonly<Record<string, string>>,
): Required<Pick<Services[string], 'command' | 'preflight'>> {
  const command = ['postgres', ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  return { command, preflight: { command: ['sh', '-c', POSTGRES_CHECK, 'check', ...command.slice(1)] } };
}

const POSTGRES_CHECK = `set -eu
if [ -s "$PGDATA/PG_VERSION" ]; then
  data=$(cat "$PGDATA/PG_VERSION")
  image=$(postgres --version | sed 's/^[^0-9]*\\([0-9]*\\).*/\\1/')
  if [ "$data" != "$image" ]; then
    echo "the data is of PostgreSQL $data, and the image brings $image, which can't read it: dump the databases" \\
      "(pg_dumpall), begin with an empty volume, and read the dump back; or go on with an image of $data" >&2
    exit 1
  fi
fi
mkdir /tmp/check
touch /tmp/check/postgresql.conf
exec postgres -D /tmp/check "$@" -C max_connections > /dev/null`;

/** Address of the database with its password. `more`: further parameters, each with an `&` before it. */
export function databaseUrl(more = ''): string {
  const address = '${user}:${POSTGRES_PASSWORD|url}@postgres:5432/${database}';
  return `postgres://${address}?sslmode=\${sslmode}&search_path=workflow${more}`;
}

/** What differs between environments in how Redis is started. */
export interface RedisOptions {
  readonly maxMemory: string;
  /** When a snapshot is written, beside the append-only file: `900 1` is after 900 s with one change. */
  readonly snapshots?: readonly string[];
  /** Folder of its data; absent: that of the image. */
  readonly folder?: string;
  /** True: it listens over TLS alone. */
  readonly tls?: boolean;
}

const REDIS_TLS = [
  ...['--port', '0', '--tls-port', '6379', '--tls-auth-clients', 'no'],
  ...['--tls-cert-file', '/run/secrets/TLS_CERTIFICATE', '--tls-key-file', '/run/secrets/TLS_KEY'],
  ...['--tls-ca-cert-file', '/run/secrets/REDIS_CA'],
];

/** A command line for Redis: durable, never evicting (its streams hold work), users from the ACL file. */
export function redisCommand({ maxMemory, snapshots = [], folder, tls = false }: RedisOptions): string[] {
  return [
    ...['redis-server', '--appendonly', 'yes', '--appendfsync', 'everysec'],
    ...(folder === undefined ? [] : ['--dir', folder]),
    ...snapshots.flatMap((schedule) => ['--save', schedule]),
    ...['--maxmemory', maxMemory, '--maxmemory-policy', 'noeviction'],
    ...['--aclfile', '/run/secrets/REDIS_ACL'],
    ...(tls ? REDIS_TLS : []),
  ];
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

/** How a client in the container of Redis itself is called. */
const CLIENT = { plain: 'redis-cli', tls: 'redis-cli --tls --cacert /run/secrets/REDIS_CA' } as const;

/**
 * Makes Redis read its users again, and over TLS its certificate; connections that are open go on. It logs in with the
 * password that the server still holds to, or, where a restart came between, with the new one. No argument shows either.
 */
export function redisReload(transport: keyof typeof CLIENT): NonNullable<Services[string]['reload']> {
  const password = '"$(cat /run/secrets/HEALTHCHECK_PASSWORD)"';
  const files = 'tls-cert-file /run/secrets/TLS_CERTIFICATE tls-key-file /run/secrets/TLS_KEY';
  const certificate = `REDISCLI_AUTH=${password} ${CLIENT.tls} CONFIG SET ${files} | grep -qx OK && `;
  const line = `IFS= read -r before
for password in "$before" ${password}; do
  REDISCLI_AUTH="$password" ${CLIENT[transport]} ACL LOAD | grep -qx OK && ${transport === 'tls' ? certificate : ''}exit 0
done
echo 'Redis takes neither the password until now nor the new one, or not its new files' >&2
exit 1`;
  return { command: ['sh', '-c', line], input: 'HEALTHCHECK_PASSWORD' };
}

/** The password goes from the file into the environment of redis-cli alone: no argument shows it. */
export function redisHealthcheck(transport: keyof typeof CLIENT): { test: ['CMD-SHELL', string] } {
  const line = `REDISCLI_AUTH="$(cat /run/secrets/HEALTHCHECK_PASSWORD)" ${CLIENT[transport]} ping | grep -q PONG`;
  return { test: ['CMD-SHELL', line] };
}

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
    healthcheck: {
      // Over TCP: the server of the first boot listens on a socket only, and would look ready too early.
      test: ['CMD', 'pg_isready', '-q', '-h', '127.0.0.1', '-U', '${user}', '-d', '${database}'],
      interval: '5s',
      timeout: '5s',
      retries: 5,
      // The guide's 10s are too short for a first boot on a slow disk.
      startPeriod: '30s',
      startInterval: '500ms',
    },
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
    secrets: {
      REDIS_ACL: { secret: 'REDIS_ACL', env: false },
      HEALTHCHECK_PASSWORD: { secret: 'REDIS_PASSWORD', env: false },
    },
    volumes: { 'redis-data': '/data' },
    tmpfs: { '/tmp': {} },
  },
};

import type { SystemInput } from '../schema/system.ts';

/*
 * Redis as a service of a system: how it is started, asked for its health, told of new users. Its users stand in the file
 * of a secret REDIS_ACL, and the password that the health check logs in with in that of HEALTHCHECK_PASSWORD.
 */

type Services = SystemInput['services'];
type Secrets = NonNullable<SystemInput['secrets']>;

/** What differs between environments in how Redis is started. */
export interface RedisOptions {
  readonly maxMemory: string;
  /** What it does once that is full; absent: it takes nothing more, and evicts nothing. */
  readonly policy?: 'noeviction' | 'allkeys-lru' | 'allkeys-lfu' | 'volatile-lru';
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

/** A command line for Redis: durable, users from the ACL file. */
export function redisCommand(options: RedisOptions): string[] {
  const { maxMemory, policy = 'noeviction', snapshots = [], folder, tls = false } = options;
  return [
    ...['redis-server', '--appendonly', 'yes', '--appendfsync', 'everysec'],
    ...(folder === undefined ? [] : ['--dir', folder]),
    ...snapshots.flatMap((schedule) => ['--save', schedule]),
    ...['--maxmemory', maxMemory, '--maxmemory-policy', policy],
    ...['--aclfile', '/run/secrets/REDIS_ACL'],
    ...(tls ? REDIS_TLS : []),
  ];
}

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

/** A password, and what it is handed out as: a URL for clients, users for the server at `host`. */
export function redisSecrets(host: string): Pick<Secrets, 'REDIS_PASSWORD' | 'REDIS_URL' | 'REDIS_ACL'> {
  return {
    REDIS_PASSWORD: { description: 'Password of Redis.', format: { kind: 'password', length: 32 } },
    REDIS_URL: {
      description: 'Address of Redis, with its password.',
      format: { kind: 'template', template: `redis://:\${REDIS_PASSWORD|url}@${host}:6379` },
    },
    REDIS_ACL: {
      description: 'Users of Redis: the digest of the password, never the password.',
      format: { kind: 'template', template: 'user default on #${REDIS_PASSWORD|sha256} ~* &* +@all\n' },
    },
  };
}

/** What of these secrets a service gets that is a Redis. */
export const redisSecretFiles = {
  REDIS_ACL: { secret: 'REDIS_ACL', env: false },
  HEALTHCHECK_PASSWORD: { secret: 'REDIS_PASSWORD', env: false },
} satisfies Services[string]['secrets'];

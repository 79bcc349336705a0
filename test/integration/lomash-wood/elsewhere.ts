import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import { catalogue } from '../../../config/systems/lomash-wood/catalogue.ts';
import { Bed, docker } from '../images/bed.ts';
import { Authority } from '../support/authority.ts';
import { eventually } from '../support/eventually.ts';
import { freePorts } from '../support/free-ports.ts';

/** A PostgreSQL and a Redis that somebody else runs, over TLS by an authority of their own, with what Lomash Wood needs in them. */
export class ManagedStores {
  readonly authority: Authority;
  /** Where both are reached from containers of the host: an address of it. */
  readonly host: string;
  readonly postgresPort: number;
  readonly redisPort: number;
  /** Passwords by the names of their secrets. */
  readonly passwords: Readonly<Record<string, string>>;
  readonly #bed: Bed;
  readonly #postgres: string;

  private constructor(bed: Bed, postgres: string, rest: Omit<ManagedStores, 'sql' | 'end'>) {
    this.#bed = bed;
    this.#postgres = postgres;
    ({
      authority: this.authority,
      host: this.host,
      postgresPort: this.postgresPort,
      redisPort: this.redisPort,
      passwords: this.passwords,
    } = rest);
  }

  /** Starts both, and waits until they let somebody in. */
  static async start(engine: Docker): Promise<ManagedStores> {
    const bed = new Bed();
    try {
      const { IPAM } = await engine.getNetwork('bridge').inspect();
      const host = (IPAM?.Config as { Gateway: string }[] | undefined)?.[0]?.Gateway ?? '';
      const [postgresPort = 0, redisPort = 0] = await freePorts(2);
      const authority = await Authority.make('Managed databases');
      const { certificate, key } = await authority.sign(host);
      const names = [...Object.values(catalogue).map(({ prefix }) => `${prefix}_DB_PASSWORD`), 'REDIS_PASSWORD'];
      const passwords = Object.fromEntries(
        names.map((name) => [name, `it's of ${name} @:/#$ ${randomBytes(9).toString('hex')}`]),
      );
      const [forPostgres, forRedis] = await Promise.all([bed.build('postgres'), bed.build('redis')]);
      const shown = { certificate, key };
      const files = await bed.volume('postgres-tls', forPostgres, 999, shown);
      const scripts = await bed.volume('init', forPostgres, 999, { 'databases.sql': databases(passwords) });
      const own = await bed.volume('redis-tls', forRedis, 999, {
        ...shown,
        password: passwords['REDIS_PASSWORD'] ?? '',
      });
      const postgres = await bed.run(
        'postgres',
        forPostgres,
        [
          ...[
            '-p',
            `0.0.0.0:${postgresPort}:5432`,
            '--tmpfs',
            '/run/postgresql',
            '-e',
            'POSTGRES_PASSWORD=of-the-superuser',
          ],
          ...[
            '--tmpfs',
            '/var/lib/postgresql/data:uid=999',
            '-e',
            'PGDATA=/var/lib/postgresql/data/x',
            '-v',
            `${files}:/tls:ro`,
          ],
          ...['-v', `${scripts}:/docker-entrypoint-initdb.d:ro`],
        ],
        [
          'ssl=on',
          'ssl_cert_file=/tls/certificate',
          'ssl_key_file=/tls/key',
          'fsync=off',
          'shared_preload_libraries=pg_stat_statements',
        ].flatMap((setting) => ['-c', setting]),
      );
      await bed.run(
        'redis',
        forRedis,
        [
          '-p',
          `0.0.0.0:${redisPort}:6379`,
          '-v',
          `${own}:/tls:ro`,
          '-e',
          'REDIS_PASSWORD_FILE=/tls/password',
          '--tmpfs',
          '/data',
        ],
        [
          ...['redis-server', '--port', '0', '--tls-port', '6379', '--tls-auth-clients', 'no'],
          ...[
            '--tls-cert-file',
            '/tls/certificate',
            '--tls-key-file',
            '/tls/key',
            '--tls-ca-cert-file',
            '/tls/certificate',
          ],
        ],
      );
      await eventually(() => docker('exec', postgres, 'pg_isready', '-q', '-h', '127.0.0.1'), 120_000);
      return new ManagedStores(bed, postgres, { authority, host, postgresPort, redisPort, passwords });
    } catch (error) {
      await bed.end();
      throw error;
    }
  }

  /** What a statement of the superuser answers. */
  async sql(statement: string, database = 'postgres'): Promise<string> {
    return docker('exec', this.#postgres, 'psql', '-XAtq', '-U', 'postgres', '-d', database, '-c', statement);
  }

  async end(): Promise<void> {
    await this.#bed.end();
  }
}

/** As docs/external.md has it. */
function databases(passwords: Readonly<Record<string, string>>): string {
  const common = ['citext', 'pgcrypto', 'uuid-ossp'];
  return Object.values(catalogue)
    .flatMap(({ prefix, database, owner, extensions = [] }) => [
      `CREATE ROLE ${owner} LOGIN PASSWORD '${(passwords[`${prefix}_DB_PASSWORD`] ?? '').replaceAll("'", "''")}';`,
      `CREATE DATABASE ${database} OWNER ${owner};`,
      `REVOKE ALL ON DATABASE ${database} FROM PUBLIC;`,
      `\\connect ${database}`,
      ...[...common, ...extensions].map((name) => `CREATE EXTENSION IF NOT EXISTS "${name}";`),
    ])
    .join('\n');
}

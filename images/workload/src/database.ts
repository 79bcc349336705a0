import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import pg from 'pg';
import * as z from 'zod';
import type { App } from './app.ts';
import { port } from './environment.ts';

const sslModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

/**
 * What libpq means by sslmode, `require` with a root certificate being `verify-ca`, and an empty path none at all; `prefer` is
 * taken as `disable`, since it protects from nothing.
 */
function tls(mode: (typeof sslModes)[number], host: string, rootCertificate = ''): ConnectionOptions | false {
  if (mode === 'disable' || mode === 'prefer') return false;
  if (mode === 'require' && rootCertificate === '') return { rejectUnauthorized: false };
  const ca = rootCertificate === '' ? {} : { ca: readFileSync(rootCertificate, 'utf8') };
  if (mode !== 'verify-full') return { ...ca, checkServerIdentity: () => undefined };
  // node-postgres passes on names alone, and would look for "localhost" in the certificate of an address.
  return isIP(host) === 0 ? ca : { ...ca, host };
}

/** PostgreSQL as the engine gives it (DATABASE_URL, its password perhaps apart) or as Laravel does (DB_*). */
export const databaseEnvironment = z
  .object({
    DATABASE_URL: z.string().optional(),
    DB_HOST: z.string().optional(),
    DB_PORT: port.default(5432),
    DB_DATABASE: z.string().optional(),
    DB_USERNAME: z.string().optional(),
    DB_PASSWORD: z.string().optional(),
    DB_SSLMODE: z.enum(sslModes).default('disable'),
    DB_SSLROOTCERT: z.string().optional(),
  })
  .transform((env, context) => {
    const wrong = (name: string, message: string): never => {
      context.addIssue({ code: 'custom', path: [name], message });
      return z.NEVER;
    };
    if (env.DATABASE_URL === undefined) {
      const { DB_HOST: host, DB_DATABASE: database, DB_USERNAME: user } = env;
      if (host === undefined || database === undefined || user === undefined) {
        return wrong('DATABASE_URL', 'must be set (or DB_HOST, DB_DATABASE and DB_USERNAME)');
      }
      const ssl = tls(env.DB_SSLMODE, host, env.DB_SSLROOTCERT);
      return { database: { host, port: env.DB_PORT, database, user, password: env.DB_PASSWORD, ssl } };
    }
    const url = URL.canParse(env.DATABASE_URL) ? new URL(env.DATABASE_URL) : undefined;
    if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '') {
      return wrong('DATABASE_URL', 'must look like postgres://user:password@host:5432/database?sslmode=disable');
    }
    const mode = z.enum(sslModes).safeParse(url.searchParams.get('sslmode') ?? env.DB_SSLMODE);
    if (!mode.success) return wrong('DATABASE_URL', `sslmode must be one of ${sslModes.join(', ')}`);
    const options = url.searchParams.get('options');
    return {
      database: {
        ...(options !== null && { options }),
        host: url.hostname,
        port: Number(url.port || 5432),
        database: decodeURIComponent(url.pathname.slice(1)),
        user: decodeURIComponent(url.username),
        password: url.password === '' ? env.DB_PASSWORD : decodeURIComponent(url.password),
        ssl: tls(mode.data, url.hostname, url.searchParams.get('sslrootcert') ?? env.DB_SSLROOTCERT),
      },
    };
  });

export type DatabaseSettings = z.infer<typeof databaseEnvironment>['database'];

/** The database cannot serve now; over HTTP that is a 503. */
export class UnavailableError extends Error {
  readonly statusCode = 503;
}

type Values = readonly unknown[];

/** Runs one statement and gives its rows. */
export type Query = <Row extends pg.QueryResultRow>(statement: string, values?: Values) => Promise<Row[]>;

/** undefined_table, invalid_schema_name */
const noTables = /^(42P01|3F000)$/;
/** Connection lost or refused, resources short, shutting down or starting up. */
const passing = /^(08|53|57P)/;

/** Tells what will pass, and is unavailable until then, from what is wrong. */
export function translate(error: unknown): unknown {
  if (error instanceof pg.DatabaseError) {
    if (noTables.test(error.code ?? ''))
      return new UnavailableError('the database has no tables yet: run the migrate job');
    return passing.test(error.code ?? '') ? new UnavailableError(`database: ${error.message}`) : error;
  }
  const { code = '', message } = error as NodeJS.ErrnoException;
  const connection = /^E[A-Z_]+$/.test(code) || /connection|timeout/i.test(message);
  return connection ? new UnavailableError(`database unreachable: ${message || code}`) : error;
}

/** Hears that a connection broke where nobody waits for it: the next statement fails with it, or the pool drops it. */
function leaveToStatements(): void {
  // Not to hear it would end the process.
}

/** A pool of connections that outlives the server's restarts: a broken one is dropped, the next statement opens another. */
export class Database {
  readonly #pool: pg.Pool;
  /** Health has a connection of its own, so that a busy pool does not look like a dead server. */
  readonly #probe: pg.Pool;

  constructor(app: App, settings: DatabaseSettings, connections = 10) {
    const pool = (max: number, timeoutMs: number): pg.Pool => {
      const created = new pg.Pool({
        ...settings,
        max,
        application_name: `${app.role}@${app.replica}`,
        connectionTimeoutMillis: Math.min(timeoutMs, 3000),
        query_timeout: timeoutMs,
        keepAlive: true,
      });
      // For as long as it lives: between pool and statements there are moments in which neither listens.
      created.on('connect', (connection) => {
        connection.on('error', leaveToStatements);
      });
      created.on('error', (error) => {
        app.log.warn({ err: error }, 'lost an idle connection to postgres');
      });
      return created;
    };
    this.#pool = pool(connections, 10_000);
    this.#probe = pool(1, 1500);
    app.onStop('postgres', () => Promise.all([this.#pool.end(), this.#probe.end()]));
  }

  /** @throws UnavailableError when the server cannot be reached or has no tables */
  readonly query: Query = async <Row extends pg.QueryResultRow>(statement: string, values: Values = []) => {
    try {
      return (await this.#pool.query<Row>(statement, [...values])).rows;
    } catch (error) {
      throw translate(error);
    }
  };

  /** Runs `work` in a transaction: all of its statements or none. */
  async transaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    let client: pg.PoolClient | undefined;
    let broken = true;
    try {
      const connection = await this.#pool.connect();
      client = connection;
      await connection.query('BEGIN');
      const result = await work(async <Row extends pg.QueryResultRow>(statement: string, values: Values = []) => {
        return (await connection.query<Row>(statement, [...values])).rows;
      });
      await connection.query('COMMIT');
      broken = false;
      return result;
    } catch (error) {
      throw translate(error);
    } finally {
      // A connection in an unknown state is not worth a ROLLBACK that may hang: closing it rolls back as well.
      client?.release(broken);
    }
  }

  /** Runs `turn` in a transaction unless another replica is running one of the same name: a leader for each turn. */
  async alone(name: string, turn: (query: Query) => Promise<void>): Promise<void> {
    await this.transaction(async (query) => {
      const [lock] = await query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock(hashtext($1)) AS mine', [name]);
      if (lock?.mine === true) await turn(query);
    });
  }

  /** Asks the server for a sign of life. */
  readonly ping = async (): Promise<void> => {
    await this.#probe.query('SELECT 1');
  };
}

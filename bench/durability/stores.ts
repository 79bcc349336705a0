import { stores } from '../../config/systems/linkflow/stores.ts';
import type { App } from '../../images/workload/src/app.ts';
import { Database } from '../../images/workload/src/database.ts';
import { connectRedis } from '../../images/workload/src/streams.ts';

/** A connection to a store, as LinkFlow makes it. */
export interface Client {
  /** Stores a number; once this returns, the store has acknowledged it. */
  readonly write: (number: number) => Promise<unknown>;
  /** Every number that is there. */
  readonly read: () => Promise<Set<number>>;
  /** Throws unless the store answers. */
  readonly ping: () => Promise<unknown>;
  /** Gives up at once: what waits for an answer gets none. */
  readonly close: () => void;
}

/** A store with LinkFlow's command line, or one that differs from it in one setting. */
export interface Store {
  readonly name: string;
  readonly image: 'postgres' | 'redis';
  /** Where its data lies in the container. */
  readonly folder: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly connect: (app: App, host: string) => Client;
}

/** Entries of a stream that are read at once: all of them would take longer than a command may. */
const PAGE = 50_000;

/** What LinkFlow starts a store with, without the files that only a stack has. */
function commandOf(store: 'postgres' | 'redis'): string[] {
  const command = stores[store]?.command ?? [];
  const users = command.indexOf('--aclfile');
  return users < 0 ? [...command] : command.toSpliced(users, 2);
}

/** Redis as LinkFlow runs it; `appendfsync` instead of LinkFlow's own. */
export function redis(name: string, appendfsync?: 'always' | 'no'): Store {
  return {
    name,
    image: 'redis',
    folder: '/data',
    command: [...commandOf('redis'), ...(appendfsync === undefined ? [] : ['--appendfsync', appendfsync])],
    environment: {},
    connect: (app, host) => {
      const connection = connectRedis(app, { host, port: 6379, password: undefined, db: 0 });
      const stream = 'workflows-default:0';
      return {
        write: (number) => connection.xadd(stream, '*', 'number', number),
        read: async () => {
          const present = new Set<number>();
          let last = '-';
          for (;;) {
            const page = await connection.xrange(stream, last, '+', 'COUNT', PAGE);
            for (const [, fields] of page) present.add(Number(fields[1]));
            if (page.length < PAGE) return present;
            last = `(${page.at(-1)?.[0] ?? ''}`;
          }
        },
        ping: () => connection.ping(),
        close: () => {
          connection.disconnect();
        },
      };
    },
  };
}

/** PostgreSQL as LinkFlow runs it; `settings` on top. */
export function postgres(name: string, settings: Readonly<Record<string, string>> = {}): Store {
  const user = 'linkflow';
  return {
    name,
    image: 'postgres',
    folder: '/var/lib/postgresql/data',
    command: [
      ...commandOf('postgres'),
      ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    environment: { POSTGRES_USER: user, POSTGRES_HOST_AUTH_METHOD: 'trust' },
    connect: (app, host) => {
      const address = { host, port: 5432, database: user, user, password: undefined, ssl: false as const };
      const database = new Database(app, address, 16);
      return {
        write: (number) => database.query('INSERT INTO numbers VALUES ($1)', [number]),
        read: async () =>
          new Set((await database.query<{ number: number }>('SELECT number FROM numbers')).map((row) => row.number)),
        ping: () => database.query('CREATE TABLE IF NOT EXISTS numbers (number int)'),
        close: () => undefined, // Its connections have broken.
      };
    },
  };
}

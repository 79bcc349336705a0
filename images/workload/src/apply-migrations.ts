import type { App } from './app.ts';
import { retry } from './backoff.ts';
import { Database, type DatabaseSettings } from './database.ts';

/** One step from nothing, or from any earlier version, to what roles expect. */
export interface Migration {
  readonly name: string;
  readonly statements: string;
}

/** Migrations of a system; what has been applied stands in the table `migrations` of its schema. */
export interface Migrations {
  readonly schema: string;
  /** Name that whoever migrates at the same time waits for. */
  readonly lock: string;
  /** Appended to, never edited. */
  readonly all: readonly Migration[];
}

/** Classes of errors that waiting does not mend: wrong password, unknown database, no right, wrong SQL. */
function mayPass(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code !== 'string' || !/^(28|3D|42|0A|23)...$/.test(code);
}

/** Applies what is missing, each migration in a transaction of its own; two at once wait for each other. */
export async function applyMigrations(
  app: App,
  settings: DatabaseSettings,
  { schema, lock, all }: Migrations,
): Promise<void> {
  const database = new Database(app, settings, 1);
  const backoff = { attempts: 20, firstMs: 200, longestMs: 2000, signal: app.stopping, mayPass };
  let applied = 0;
  for (const { name, statements } of all) {
    const fresh = await retry(
      () =>
        database.transaction(async (query) => {
          await query('SELECT pg_advisory_xact_lock(hashtext($1))', [lock]);
          await query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
          await query(
            `CREATE TABLE IF NOT EXISTS ${schema}.migrations (name text PRIMARY KEY, at timestamptz DEFAULT now())`,
          );
          const rows = await query(
            `INSERT INTO ${schema}.migrations (name) VALUES ($1) ON CONFLICT DO NOTHING RETURNING 1`,
            [name],
          );
          if (rows.length > 0) await query(statements);
          return rows.length > 0;
        }),
      backoff,
    );
    if (fresh) applied++;
    app.log.info({ migration: name }, fresh ? 'applied' : 'was there already');
  }
  app.log.info({ applied, of: all.length }, 'migrated');
}

import type * as z from 'zod';
import type { App } from '../app.ts';
import { retry } from '../backoff.ts';
import { Database, databaseEnvironment } from '../database.ts';
import { migrations } from '../migrations.ts';

export const environment = databaseEnvironment;
export const job = true;

/** Classes of errors that waiting does not mend: wrong password, unknown database, no right, wrong SQL. */
function mayPass(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code !== 'string' || !/^(28|3D|42|0A|23)...$/.test(code);
}

/** Applies what is missing, each migration in a transaction of its own; two at once wait for each other. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const database = new Database(app, env.database, 1);
  const backoff = { attempts: 20, firstMs: 200, longestMs: 2000, signal: app.stopping, mayPass };
  let applied = 0;
  for (const { name, statements } of migrations) {
    const fresh = await retry(
      () =>
        database.transaction(async (query) => {
          await query(`SELECT pg_advisory_xact_lock(hashtext('linkflow.migrate'))`);
          await query('CREATE SCHEMA IF NOT EXISTS workflow');
          await query(
            'CREATE TABLE IF NOT EXISTS workflow.migrations (name text PRIMARY KEY, at timestamptz DEFAULT now())',
          );
          const rows = await query(
            'INSERT INTO workflow.migrations (name) VALUES ($1) ON CONFLICT DO NOTHING RETURNING 1',
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
  app.log.info({ applied, of: migrations.length }, 'migrated');
}

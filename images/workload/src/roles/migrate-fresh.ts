import type * as z from 'zod';
import type { App } from '../app.ts';
import { retry } from '../backoff.ts';
import { Database, databaseEnvironment } from '../database.ts';
import { start as migrate } from './migrate.ts';

export const environment = databaseEnvironment;
export const job = true;

/** What the migrations make, with all that is in it. */
export const schemas = ['matching', 'visibility', 'workflow'] as const;

/** deadlock_detected, lock_not_available: services that are at work held the tables just then. */
function mayPass(error: unknown): boolean {
  return /^(40P01|55P03)$/.test((error as { code?: string }).code ?? '');
}

/**
 * Drops what the migrations have made, all of it or nothing, and migrates anew. The database itself stays, and so does
 * what others keep in it. Requests that come in between are answered with 503.
 */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const database = new Database(app, env.database, 1);
  const drop = (): Promise<number> =>
    database.transaction(async (query) => {
      await query(`SELECT pg_advisory_xact_lock(hashtext('linkflow.migrate'))`);
      const rows = await query('SELECT 1 FROM pg_tables WHERE schemaname = ANY ($1)', [schemas]);
      await query(`DROP SCHEMA IF EXISTS ${schemas.join(', ')} CASCADE`);
      return rows.length;
    });
  const tables = await retry(drop, { attempts: 5, firstMs: 200, signal: app.stopping, mayPass });
  app.log.info({ schemas, tables }, 'dropped');
  await migrate(app, env);
}

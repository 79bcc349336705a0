import type * as z from 'zod';
import type { App } from '../app.ts';
import { applyMigrations } from '../apply-migrations.ts';
import { databaseEnvironment } from '../database.ts';
import { luminaiMigrations } from '../luminai/migrations.ts';

export const environment = databaseEnvironment;
export const job = true;

/** Makes the tables that Luminai's pages are kept in. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  await applyMigrations(app, env.database, luminaiMigrations);
}

import type * as z from 'zod';
import type { App } from '../app.ts';
import { applyMigrations } from '../apply-migrations.ts';
import { databaseEnvironment } from '../database.ts';
import { migrations } from '../migrations.ts';

export const environment = databaseEnvironment;
export const job = true;

/** Makes the schemas and tables of LinkFlow's engine. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  await applyMigrations(app, env.database, { schema: 'workflow', lock: 'linkflow.migrate', all: migrations });
}

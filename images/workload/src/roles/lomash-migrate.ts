import * as z from 'zod';
import type { App } from '../app.ts';
import { applyMigrations } from '../apply-migrations.ts';
import { databaseEnvironment } from '../database.ts';
import { text } from '../environment.ts';
import { serviceCalled } from '../lomash/services.ts';

export const environment = z.object({ SERVICE_NAME: text }).and(databaseEnvironment);
export const job = true;

/** Makes the tables of one of Lomash Wood's services, by SERVICE_NAME. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const { migrations } = serviceCalled(env.SERVICE_NAME);
  await applyMigrations(app, env.database, { schema: 'public', lock: 'lomash.migrate', all: migrations });
}

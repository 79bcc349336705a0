import * as z from 'zod';
import type { App } from '../app.ts';
import { Database, databaseEnvironment } from '../database.ts';
import { text } from '../environment.ts';
import { serviceCalled } from '../lomash/services.ts';

export const environment = z.object({ SERVICE_NAME: text }).and(databaseEnvironment);
export const job = true;

/** Writes examples of one of Lomash Wood's services that are not there yet. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const written = await serviceCalled(env.SERVICE_NAME).seed(new Database(app, env.database, 1).query);
  app.log.info({ service: env.SERVICE_NAME, written }, 'seeded');
}

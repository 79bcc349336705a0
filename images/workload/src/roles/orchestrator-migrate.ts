import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { App } from '../app.ts';
import { applyMigrations } from '../apply-migrations.ts';
import { postgresEnvironment } from '../orchestrator/contract.ts';

export const environment = z.object({ MIGRATIONS: z.string().default('/migrations') }).and(postgresEnvironment);
export const job = true;

/** Applies the migration files of a folder that are missing, in lexical order: where nobody's first boot does. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const files = readdirSync(env.MIGRATIONS).filter((file) => file.endsWith('.sql'));
  const all = files.sort().map((name) => ({ name, statements: readFileSync(join(env.MIGRATIONS, name), 'utf8') }));
  await applyMigrations(app, env.database, { schema: 'public', lock: 'orchestrator.migrate', all });
}

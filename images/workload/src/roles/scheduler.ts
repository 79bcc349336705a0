import * as z from 'zod';
import type { App } from '../app.ts';
import { Database, databaseEnvironment } from '../database.ts';
import { port } from '../environment.ts';
import { beat } from '../heartbeat.ts';
import { createHttp, listen } from '../http.ts';

export const environment = z.object({ METRICS_PORT: port.default(9464) }).and(databaseEnvironment);

/** Leaves a tick for each minute, once however many replicas run. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const database = new Database(app, env.database, 2);
  let ticked = '';
  app.repeat('ticking', 1000, async () => {
    const minute = `${new Date().toISOString().slice(0, 16)}:00Z`;
    if (minute === ticked) return;
    await database.alone('linkflow.scheduler', async (query) => {
      await query('INSERT INTO workflow.ticks (minute, replica) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        minute,
        app.replica,
      ]);
      ticked = minute;
    });
  });
  app.repeat('heartbeat', 1000, async () => {
    await database.ping();
    beat();
  });
  await listen(app, createHttp(app, { postgres: database.ping }), env.METRICS_PORT);
}

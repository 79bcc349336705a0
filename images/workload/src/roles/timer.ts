import * as z from 'zod';
import type { App } from '../app.ts';
import type { Job, Trail } from '../contract.ts';
import { Database, databaseEnvironment } from '../database.ts';
import { address, count, duration, port } from '../environment.ts';
import { createHttp, listen } from '../http.ts';
import { Peer, serve } from '../rpc.ts';
import { hop } from '../trail.ts';

export const environment = z
  .object({
    HTTP_PORT: port.default(8083),
    GRPC_PORT: port.default(7238),
    HISTORY_ADDR: address.default('history:7234'),
    SCAN_INTERVAL: duration.default(1000),
    BATCH_SIZE: count.default(100),
  })
  .and(databaseEnvironment);

/** Keeps timers in PostgreSQL and tells history when they are due; of several replicas one scans at a time. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const database = new Database(app, env.database, 5);
  const history = new Peer(app, 'History', env.HISTORY_ADDR);

  app.repeat('scanning timers', env.SCAN_INTERVAL, () =>
    database.alone('linkflow.timer', async (query) => {
      const due = await query<{ job: Job }>(
        `SELECT job FROM workflow.timers WHERE fired_at IS NULL AND fire_at <= now() ORDER BY fire_at LIMIT $1`,
        [env.BATCH_SIZE],
      );
      if (due.length === 0) return;
      // One that history cannot take now stays due; it does not hold up the others.
      const fired = await Promise.all(
        due.map(async ({ job }) => {
          const trail = [...job.trail, hop('timer.fired', app.replica)];
          try {
            await history.call('TimerFired', { job: { ...job, trail } }, { attempts: 2 });
            return [job.id];
          } catch (error) {
            app.log.warn({ err: error, execution: job.id }, 'not fired yet');
            return [];
          }
        }),
      );
      await query('UPDATE workflow.timers SET fired_at = now() WHERE execution_id = ANY ($1)', [fired.flat()]);
    }),
  );

  await serve(app, 'Timer', env.GRPC_PORT, {
    StartTimer: async (job) => {
      const trail = [...job.trail, hop('timer.armed', app.replica)];
      const rows = await database.query(
        `INSERT INTO workflow.timers (execution_id, job, fire_at) VALUES ($1, $2, now() + make_interval(secs => $3))
         ON CONFLICT DO NOTHING RETURNING 1`,
        [job.id, JSON.stringify({ ...job, trail }), job.delayMs / 1000],
      );
      if (rows.length > 0) return { trail };
      // Asked for again, since the answer got lost: by now it may have fired, so the step keeps its time.
      const [timer] = await database.query<Trail>(
        `SELECT job->'trail' AS trail FROM workflow.timers WHERE execution_id = $1`,
        [job.id],
      );
      return { trail: timer?.trail ?? [] };
    },
  });
  await listen(app, createHttp(app, { postgres: database.ping }), env.HTTP_PORT);
}

import type * as z from 'zod';
import type { App } from '../app.ts';
import { Database, databaseEnvironment } from '../database.ts';
import { record } from '../events.ts';
import { hop } from '../trail.ts';

export const environment = databaseEnvironment;
export const job = true;

/** An execution as somebody might have asked for it; its id is fixed, so that it is written once. */
interface Example {
  readonly id: string;
  readonly input: unknown;
  readonly delayMs: number;
  readonly workMs: number;
}

/** One of each kind: plain, with structure, that takes its time, that waits a little, that waits for long. */
export const examples: readonly Example[] = [
  { id: '5eed0000-0000-4000-8000-000000000001', input: { message: 'hello' }, delayMs: 0, workMs: 0 },
  {
    id: '5eed0000-0000-4000-8000-000000000002',
    input: { order: 1042, lines: [{ article: 'lamp', pieces: 2 }] },
    delayMs: 0,
    workMs: 0,
  },
  { id: '5eed0000-0000-4000-8000-000000000003', input: { report: 'monthly' }, delayMs: 0, workMs: 1500 },
  { id: '5eed0000-0000-4000-8000-000000000004', input: { reminder: 'soon' }, delayMs: 3000, workMs: 0 },
  { id: '5eed0000-0000-4000-8000-000000000005', input: { reminder: 'later' }, delayMs: 3_600_000, workMs: 0 },
];

/** Writes example executions that are not there yet. The queue takes up what is stored, as it does after an outage. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const database = new Database(app, env.database, 1);
  const written = await database.transaction(async (query) => {
    let count = 0;
    for (const { id, input, delayMs, workMs } of examples) {
      const rows = await query(
        `INSERT INTO workflow.executions (id, state, input, delay_ms, work_ms) VALUES ($1, 'pending', $2, $3, $4)
         ON CONFLICT DO NOTHING RETURNING 1`,
        [id, JSON.stringify(input), delayMs, workMs],
      );
      if (rows.length === 0) continue;
      await record(query, id, [hop('api.received', app.replica)]);
      count++;
    }
    return count;
  });
  app.log.info({ written, 'there already': examples.length - written }, 'seeded');
}

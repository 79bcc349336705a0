import * as z from 'zod';
import type { App } from '../app.ts';
import type { Empty, Hop, Job } from '../contract.ts';
import { Database, databaseEnvironment } from '../database.ts';
import { address, port } from '../environment.ts';
import { record } from '../events.ts';
import { createHttp, listen } from '../http.ts';
import { Peer, RpcError, serve } from '../rpc.ts';
import { hop } from '../trail.ts';

export const environment = z
  .object({
    HTTP_PORT: port.default(8080),
    GRPC_PORT: port.default(7234),
    MATCHING_ADDR: address.default('matching:7235'),
    TIMER_ADDR: address.default('timer:7238'),
    TASK_QUEUE: z.string().default('default'),
  })
  .and(databaseEnvironment);

/**
 * Records what happens to executions and drives them on. Every step may be asked for again, by a caller that did not see
 * the answer: what is recorded stays recorded once, and what it hands on is taken once by whoever receives it.
 */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const database = new Database(app, env.database);
  const matching = new Peer(app, 'Matching', env.MATCHING_ADDR);
  const timer = new Peer(app, 'Timer', env.TIMER_ADDR);

  const requireKnown = async (id: string): Promise<void> => {
    const rows = await database.query('SELECT 1 FROM workflow.executions WHERE id = $1', [id]);
    if (rows.length === 0) throw new RpcError('NOT_FOUND', `no execution ${id}`);
  };

  /** The state changes last: as long as it says "queued", an execution that got lost on the way is queued again. */
  const advance = (id: string, state: 'waiting' | 'running', trail: readonly Hop[]): Promise<Empty> =>
    database.transaction(async (query) => {
      await record(query, id, trail);
      const before = state === 'waiting' ? ['pending', 'queued'] : ['pending', 'queued', 'waiting'];
      await query('UPDATE workflow.executions SET state = $2, updated_at = now() WHERE id = $1 AND state = ANY ($3)', [
        id,
        state,
        before,
      ]);
      return {};
    });

  const dispatch = async (job: Job, gone: AbortSignal): Promise<Empty> => {
    const task = { queue: env.TASK_QUEUE, job: { ...job, trail: [] } };
    const { trail } = await matching.call('AddTask', task, { cancel: gone });
    return advance(job.id, 'running', trail);
  };

  await serve(app, 'History', env.GRPC_PORT, {
    StartExecution: async (job, { gone }) => {
      await requireKnown(job.id);
      await record(database.query, job.id, [...job.trail, hop('history.started', app.replica)]);
      if (job.delayMs === 0) return dispatch(job, gone);
      const { trail } = await timer.call('StartTimer', { ...job, trail: [] }, { cancel: gone });
      return advance(job.id, 'waiting', trail);
    },
    TimerFired: async ({ job }, { gone }) => {
      await record(database.query, job.id, job.trail);
      return dispatch(job, gone);
    },
    CompleteTask: async ({ id, result, trail }) => {
      await requireKnown(id);
      return database.transaction(async (query) => {
        await query('INSERT INTO workflow.completions (execution_id, result) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
          id,
          result,
        ]);
        await record(query, id, [...trail, hop('history.completed', app.replica)]);
        const rows = await query<{ result: string }>(
          'SELECT result FROM workflow.completions WHERE execution_id = $1',
          [id],
        );
        return { result: rows[0]?.result ?? result };
      });
    },
  });
  await listen(app, createHttp(app, { postgres: database.ping }), env.HTTP_PORT);
}

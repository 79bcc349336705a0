import { randomUUID } from 'node:crypto';
import { Gauge } from 'prom-client';
import * as z from 'zod';
import type { App } from '../app.ts';
import type { Job, Lease, Trail } from '../contract.ts';
import { Database, databaseEnvironment } from '../database.ts';
import { count, duration, port } from '../environment.ts';
import { createHttp, listen } from '../http.ts';
import { RpcError, serve } from '../rpc.ts';
import { partitionOf } from '../partition.ts';
import { hop } from '../trail.ts';
import { Waiters } from '../waiters.ts';

export const environment = z
  .object({
    HTTP_PORT: port.default(8080),
    GRPC_PORT: port.default(7235),
    PARTITION_COUNT: count.default(4),
    TASK_QUEUE_SYNC_INTERVAL: duration.default(1000),
    LONG_POLL_TIMEOUT: duration.default(60_000),
    /** How long a worker may be silent about a task before another one gets it. */
    TASK_LEASE: duration.default(10_000),
  })
  .and(databaseEnvironment);

/**
 * Task queues: durable in PostgreSQL, waited for in memory. A task is leased to one worker at a time and done once; a
 * replica that dies takes nothing with it, a worker that dies only until its lease ends.
 */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const database = new Database(app, env.database);
  const waiters = new Map<string, Waiters>();
  const waitersOf = (queue: string): Waiters => {
    const found = waiters.get(queue) ?? new Waiters();
    waiters.set(queue, found);
    return found;
  };
  let turn = 0;

  /** The oldest open task, looking at each partition first in turn, so that a long one does not hold up the others. */
  const claim = async (queue: string, worker: string): Promise<Lease | undefined> => {
    const token = randomUUID();
    const [task] = await database.query<{ job: Job }>(
      `UPDATE matching.tasks SET lease_token = $3, attempts = attempts + 1, lease_until = now() + make_interval(secs => $4)
       WHERE execution_id = (
         SELECT execution_id FROM matching.tasks WHERE queue = $1 AND done_at IS NULL AND lease_until < now()
         ORDER BY (partition + $2) % $5, added_at LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING job`,
      [queue, turn++ % env.PARTITION_COUNT, token, env.TASK_LEASE / 1000, env.PARTITION_COUNT],
    );
    if (task === undefined) return undefined;
    app.log.debug({ execution: task.job.id, worker }, 'leased');
    const trail = [...task.job.trail, hop('matching.leased', app.replica)];
    return { found: true, token, leaseMs: env.TASK_LEASE, job: { ...task.job, trail } };
  };

  const poll = async (queue: string, worker: string, gone: AbortSignal): Promise<Lease> => {
    const until = Date.now() + env.LONG_POLL_TIMEOUT;
    const ends = [gone, app.stopping];
    const over = (): boolean => ends.some((signal) => signal.aborted);
    const line = waitersOf(queue);
    for (;;) {
      const waiter = line.join();
      let lease: Lease | undefined;
      try {
        lease = await claim(queue, worker);
        if (lease === undefined) await waiter.wait(until - Date.now(), ends);
      } finally {
        line.leave(waiter, lease === undefined && !over());
      }
      if (lease !== undefined && !gone.aborted) return lease;
      if (lease !== undefined) {
        // Nobody is there to take it: the next poll gets it at once instead of after the lease.
        await database.query(`UPDATE matching.tasks SET lease_until = '-infinity' WHERE lease_token = $1`, [
          lease.token,
        ]);
        line.wake(1);
      }
      if (over() || Date.now() >= until) return { found: false, token: '', leaseMs: 0, job: null };
    }
  };

  /** Tasks whose lease has ended, and tasks that another replica took in, wake polls here. */
  app.repeat('looking for open tasks', env.TASK_QUEUE_SYNC_INTERVAL, async () => {
    const waiting = [...waiters].filter(([, line]) => line.size > 0).map(([queue]) => queue);
    if (waiting.length === 0) return;
    const open = await database.query<{ queue: string; tasks: number }>(
      `SELECT queue, count(*)::int AS tasks FROM matching.tasks
       WHERE queue = ANY ($1) AND done_at IS NULL AND lease_until < now() GROUP BY queue`,
      [waiting],
    );
    for (const { queue, tasks } of open) waitersOf(queue).wake(tasks);
  });

  new Gauge({
    name: 'linkflow_waiting_polls',
    help: 'Long polls that wait for a task',
    collect() {
      this.set([...waiters.values()].reduce((sum, line) => sum + line.size, 0));
    },
  });

  await serve(app, 'Matching', env.GRPC_PORT, {
    AddTask: async ({ queue, job }) => {
      const trail = [...job.trail, hop('matching.added', app.replica)];
      const rows = await database.query(
        `INSERT INTO matching.tasks (execution_id, queue, partition, job) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING RETURNING 1`,
        [job.id, queue, partitionOf(job.id, env.PARTITION_COUNT), JSON.stringify({ ...job, trail })],
      );
      if (rows.length > 0) {
        waitersOf(queue).wake(1);
        return { trail };
      }
      // Asked for again, since the answer got lost: by now the task may be leased or done, so the step keeps its time.
      const [task] = await database.query<Trail>(
        `SELECT job->'trail' AS trail FROM matching.tasks WHERE execution_id = $1`,
        [job.id],
      );
      return { trail: task?.trail ?? [] };
    },
    PollTask: ({ queue, worker }, { gone }) => poll(queue, worker, gone),
    ExtendLease: async ({ id, token }) => {
      const rows = await database.query(
        `UPDATE matching.tasks SET lease_until = now() + make_interval(secs => $3)
         WHERE execution_id = $1 AND lease_token = $2 AND done_at IS NULL RETURNING 1`,
        [id, token, env.TASK_LEASE / 1000],
      );
      if (rows.length === 0) throw new RpcError('NOT_FOUND', `the task ${id} is another worker's now, or done`);
      return {};
    },
    FinishTask: async ({ id }) => {
      await database.query('UPDATE matching.tasks SET done_at = now() WHERE execution_id = $1 AND done_at IS NULL', [
        id,
      ]);
      return {};
    },
  });
  await listen(app, createHttp(app, { postgres: database.ping }), env.HTTP_PORT);
}

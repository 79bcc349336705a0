import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Gauge } from 'prom-client';
import * as z from 'zod';
import type { App } from '../app.ts';
import { retry } from '../backoff.ts';
import type { Job, Lease } from '../contract.ts';
import { address, count, duration, port } from '../environment.ts';
import { createHttp, listen } from '../http.ts';
import { Peer } from '../rpc.ts';
import { sign } from '../signature.ts';
import { hop } from '../trail.ts';

export const environment = z
  .object({
    HTTP_PORT: port.default(8080),
    MATCHING_ADDR: address.default('matching:7235'),
    HISTORY_ADDR: address.default('history:7234'),
    TASK_QUEUE: z.string().default('default'),
    NUM_WORKERS: count.default(4),
    POLL_INTERVAL: duration.default(1000),
    LONG_POLL_TIMEOUT: duration.default(60_000),
    CALLBACK_URL: z.url('must be a URL').default('http://api:8000/api/v1/jobs/callback'),
    CALLBACK_SECRET: z.string().optional(),
    LINKFLOW_SECRET: z.string().optional(),
  })
  .transform((env, context) => {
    const secret = env.CALLBACK_SECRET ?? env.LINKFLOW_SECRET;
    if (secret !== undefined) return { ...env, secret };
    context.addIssue({ code: 'custom', path: ['CALLBACK_SECRET'], message: 'must be set (or LINKFLOW_SECRET)' });
    return z.NEVER;
  });

/** The answer of the api to a callback was not what repeating it could change. */
class Refused extends Error {}

/** Calls the api back, signed. Safe to repeat: the api applies a result once. */
async function callBack(url: string, secret: string, body: string): Promise<void> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-linkflow-timestamp': timestamp,
      'x-linkflow-signature': sign(secret, timestamp, body),
    },
    body,
    signal: AbortSignal.timeout(5000),
  });
  const answer = await response.text();
  if (response.status === 404) throw new Refused(`callback: ${answer}`);
  if (!response.ok) throw new Error(`callback: ${response.status} ${answer}`);
}

/** The work: something that anybody can check. */
function compute(job: Job): { sha256: string; length: number } {
  return { sha256: createHash('sha256').update(job.input).digest('hex'), length: Buffer.byteLength(job.input) };
}

/** Does tasks, NUM_WORKERS at a time. Stopping ends the polls at once and finishes the tasks in hand. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const matching = new Peer(app, 'Matching', env.MATCHING_ADDR);
  const history = new Peer(app, 'History', env.HISTORY_ADDR);
  const busy = new Gauge({ name: 'linkflow_tasks_in_hand', help: 'Tasks this replica is doing' });

  const perform = async (job: Job): Promise<void> => {
    const started = hop('worker.started', app.replica);
    if (job.workMs > 0) await sleep(job.workMs);
    const own = JSON.stringify(compute(job));
    const trail = [...job.trail, started, hop('worker.completed', app.replica)];
    const { result } = await history.call('CompleteTask', { id: job.id, result: own, trail }, { attempts: 10 });
    const body = JSON.stringify({ executionId: job.id, result: JSON.parse(result) as unknown });
    const backoff = { attempts: 10, mayPass: (error: unknown) => !(error instanceof Refused) };
    await retry(() => callBack(env.CALLBACK_URL, env.secret, body), backoff).catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
      app.log.warn({ err: error, execution: job.id }, 'nobody waits for this result');
    });
  };

  /** Keeps the lease while the task takes; if it fails here, the lease ends and another worker takes the task. */
  const handle = async (lease: Lease, job: Job): Promise<void> => {
    const reference = { id: job.id, token: lease.token };
    const renewal = setInterval(() => {
      matching.call('ExtendLease', reference, { attempts: 1 }).catch((error: unknown) => {
        app.log.warn({ err: error, execution: job.id }, 'lease not extended');
      });
    }, lease.leaseMs / 3);
    busy.inc();
    try {
      await perform(job);
      await matching.call('FinishTask', reference, { attempts: 10 });
      app.log.debug({ execution: job.id }, 'done');
    } finally {
      clearInterval(renewal);
      busy.dec();
    }
  };

  for (let number = 1; number <= env.NUM_WORKERS; number++) {
    const poll = { queue: env.TASK_QUEUE, worker: `${app.replica}/${number}` };
    app.repeat(`worker ${number}`, 0, async () => {
      const options = { attempts: 1, deadlineMs: env.LONG_POLL_TIMEOUT + 10_000, cancel: app.stopping };
      const lease = await matching.call('PollTask', poll, options).catch(async (error: unknown) => {
        if (!app.stopping.aborted) app.log.warn({ err: error }, 'no answer from matching, asks again');
        await app.pause(env.POLL_INTERVAL);
        return undefined;
      });
      if (lease?.found && lease.job) await handle(lease, lease.job);
    });
  }
  await listen(app, createHttp(app, {}), env.HTTP_PORT);
}

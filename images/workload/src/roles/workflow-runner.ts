import * as z from 'zod';
import type { App } from '../app.ts';
import { retry } from '../backoff.ts';
import type { RunEvent } from '../orchestrator/contract.ts';
import { Result, streams, Work, type Step } from '../orchestrator/contract.ts';
import { consume, publish, put, showLife } from '../orchestrator/queue.ts';
import { connectRedis, redisEnvironment } from '../streams.ts';

export const environment = z
  .object({ ORCHESTRATOR_URL: z.url().default('http://orchestrator:8081') })
  .and(redisEnvironment);

/** Takes runs from step to step. It keeps nothing itself: what is to be done travels with the work. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const redis = connectRedis(app, env.redis);

  const record = async (id: string, happened: Omit<RunEvent, 'at'>): Promise<void> => {
    const event: RunEvent = { ...happened, at: new Date().toISOString() };
    const recorded = async (): Promise<void> => {
      const response = await fetch(`${env.ORCHESTRATOR_URL}/internal/runs/${id}/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(event),
        signal: AbortSignal.timeout(3000),
      });
      if (!response.ok) throw new Error(`orchestrator answered ${response.status}`);
    };
    await retry(recorded, { attempts: 8, signal: app.stopping });
    await publish(redis, id, event);
  };
  const dispatch = async (work: Work): Promise<void> => {
    const [next] = work.steps;
    const self = { service: app.role, replica: app.replica, output: '' };
    if (next === undefined) {
      await record(work.id, { ...self, event: 'ended', state: 'completed' });
      return;
    }
    await put(redis, streams[next], work);
  };

  consume(app, env.redis, {
    stream: streams.runs,
    schema: Work,
    work: async (work) => {
      const self = { service: app.role, replica: app.replica, output: '' };
      await record(work.id, { ...self, event: 'began', state: 'running' });
      await dispatch(work);
    },
  });
  consume(app, env.redis, {
    stream: streams.results,
    schema: Result,
    work: async ({ work, service, replica, status, output }) => {
      const [step, ...left] = work.steps;
      const said = { service, replica, output, event: eventOf(step, status) };
      if (status === 'waiting') return record(work.id, { ...said, state: 'waiting_approval' });
      if (status !== 'done') return record(work.id, { ...said, state: status });
      await record(work.id, { ...said, state: 'running' });
      await dispatch({ ...work, steps: left });
    },
  });
  showLife(app, redis);
  await Promise.resolve();
}

function eventOf(step: Step | undefined, status: Result['status']): string {
  return `${step ?? 'nothing'} ${status}`;
}

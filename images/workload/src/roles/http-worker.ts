import type * as z from 'zod';
import type { App } from '../app.ts';
import { retry } from '../backoff.ts';
import { streams, Work, type Result } from '../orchestrator/contract.ts';
import { consume, put, showLife } from '../orchestrator/queue.ts';
import { connectRedis, redisEnvironment } from '../streams.ts';

export const environment = redisEnvironment;

/** Asks over HTTP what runs want to know. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const redis = connectRedis(app, env.redis);
  consume(app, env.redis, {
    stream: streams.http,
    schema: Work,
    work: async (work) => {
      const ask = async (): Promise<string> => {
        const response = await fetch(work.url, { signal: AbortSignal.timeout(3000) });
        return `${response.status}`;
      };
      const self = { work, service: app.role, replica: app.replica };
      const result = await retry(ask, { attempts: 3, signal: app.stopping }).then(
        (status): Result => ({ ...self, status: status.startsWith('2') ? 'done' : 'failed', output: status }),
        (error: unknown): Result => ({ ...self, status: 'failed', output: String(error) }),
      );
      await put(redis, streams.results, result);
    },
  });
  showLife(app, redis);
  await Promise.resolve();
}

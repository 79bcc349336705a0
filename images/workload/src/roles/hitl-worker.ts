import type * as z from 'zod';
import type { App } from '../app.ts';
import { Decision, streams, Work } from '../orchestrator/contract.ts';
import { consume, put, showLife } from '../orchestrator/queue.ts';
import { connectRedis, redisEnvironment } from '../streams.ts';

export const environment = redisEnvironment;

/** Where the work waits that a person has to decide on, by run. */
const WAITING = 'orchestrator:waiting';

/** Holds what a person has to approve until they have decided. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const redis = connectRedis(app, env.redis);
  const self = { service: app.role, replica: app.replica };
  consume(app, env.redis, {
    stream: streams.approval,
    schema: Work,
    work: async (work) => {
      await redis.hset(WAITING, work.id, JSON.stringify(work));
      await put(redis, streams.results, { work, ...self, status: 'waiting', output: '' });
    },
  });
  consume(app, env.redis, {
    stream: streams.decisions,
    schema: Decision,
    work: async ({ id, approved }) => {
      const held = await redis.hget(WAITING, id);
      if (held === null) return; // Decided already.
      const work = Work.parse(JSON.parse(held));
      await put(redis, streams.results, { work, ...self, status: approved ? 'done' : 'rejected', output: '' });
      await redis.hdel(WAITING, id);
    },
  });
  showLife(app, redis);
  await Promise.resolve();
}

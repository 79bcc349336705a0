import type { Redis } from 'ioredis';
import * as z from 'zod';
import type { App } from '../app.ts';
import { connectRedis, redisEnvironment } from '../streams.ts';

export const environment = redisEnvironment;
export const job = true;

/** What every cached key begins with. Work that is queued never does. */
export const prefix = 'cache:';

/** How many keys Redis looks at in one go: small enough to let others in between. */
const batch = 500;

/** The part of Redis that clearing needs. */
export type Keys = Pick<Redis, 'scan' | 'unlink'>;

const page = z.tuple([z.string(), z.array(z.string())]);

/**
 * Deletes the keys under `prefix`, and nothing else, without holding up others.
 * @returns how many were deleted
 */
export async function clear(keys: Keys): Promise<number> {
  let deleted = 0;
  let cursor = '0';
  do {
    const [next, found] = page.parse(await keys.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', batch));
    if (found.length > 0) deleted += await keys.unlink(...found);
    cursor = next;
  } while (cursor !== '0');
  return deleted;
}

/** Deletes what is cached: all of it can be had again. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const deleted = await clear(connectRedis(app, env.redis));
  app.log.info({ prefix, deleted }, 'cache cleared');
}

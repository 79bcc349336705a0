import type { Redis } from 'ioredis';
import type * as z from 'zod';
import type { App } from '../app.ts';
import { beat } from '../heartbeat.ts';
import { connectRedis, type RedisSettings } from '../streams.ts';
import { eventsOf, type RunEvent } from './contract.ts';

/** How long whoever has taken a message may work on it before another replica takes it over, in ms. */
const CLAIM_AFTER_MS = 30_000;
const BATCH = 16;
/** How long the events of a run can be read again, in seconds, and how many. */
const KEPT_S = 3600;
const KEPT = 1000;

type Entries = [id: string, fields: string[] | null][];

/** What is taken from a stream, and by whom. */
export interface Consumer<T> {
  readonly stream: string;
  readonly schema: z.ZodType<T>;
  /** Does the work, more than once where a replica dies over it: it must not matter. */
  readonly work: (message: T) => Promise<void>;
}

/** Puts a message into a stream. */
export async function put(redis: Redis, stream: string, message: object): Promise<void> {
  await redis.xadd(stream, '*', 'message', JSON.stringify(message));
}

/** Tells whoever watches a run what happened to it. */
export async function publish(redis: Redis, id: string, event: RunEvent): Promise<void> {
  const stream = eventsOf(id);
  await redis
    .multi()
    .xadd(stream, 'MAXLEN', '~', KEPT, '*', 'message', JSON.stringify(event))
    .expire(stream, KEPT_S)
    .exec();
}

/**
 * Takes messages from a stream, each by one replica of the role alone; one that was taken and not finished is taken over
 * when its taker has died. A message leaves the stream only once its work is done.
 */
export function consume<T>(app: App, settings: RedisSettings, { stream, schema, work }: Consumer<T>): void {
  const reader = connectRedis(app, settings);
  const redis = connectRedis(app, settings);
  const group = app.role;
  let ready = false;
  const take = async (entries: Entries): Promise<void> => {
    await Promise.all(
      entries.map(async ([entry, fields]) => {
        const message = fields === null ? undefined : schema.safeParse(JSON.parse(fields[1] ?? 'null'));
        if (message?.success === true) await work(message.data);
        else if (message) app.log.error({ stream, entry }, 'passed over: nothing that this role knows');
        await redis.multi().xack(stream, group, entry).xdel(stream, entry).exec();
      }),
    );
  };
  app.repeat(`taking from ${stream}`, 0, async () => {
    if (!ready) {
      await redis.xgroup('CREATE', stream, group, '0', 'MKSTREAM').catch((error: unknown) => {
        if (!String(error).includes('BUSYGROUP')) throw error;
      });
      ready = true;
    }
    try {
      const common = ['GROUP', group, app.replica, 'COUNT', BATCH, 'BLOCK', 1000, 'STREAMS', stream] as const;
      const read = await reader.xreadgroup(...common, '>');
      for (const [, entries] of read ?? []) await take(entries);
    } catch (error) {
      ready = false; // A Redis that has begun anew knows no group.
      throw error;
    }
  });
  app.repeat(`taking over in ${stream}`, CLAIM_AFTER_MS / 3, async () => {
    if (!ready) return;
    const claimed = await redis.xautoclaim(stream, group, app.replica, CLAIM_AFTER_MS, '0', 'COUNT', BATCH);
    await take(claimed[1] as Entries);
  });
}

/** Shows each second that the role is alive and Redis answers it: for those that have no HTTP. */
export function showLife(app: App, redis: Redis): void {
  app.repeat('heartbeat', 1000, async () => {
    await redis.ping();
    beat();
  });
}

import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import * as z from 'zod';
import type { App } from './app.ts';
import type { Job } from './contract.ts';
import { count, port } from './environment.ts';
import { partitionOf } from './partition.ts';

/** Redis as the engine gives it (REDIS_URL, its password perhaps apart) or as Laravel does (REDIS_HOST …), and the queue in it. */
export const redisEnvironment = z
  .object({
    REDIS_URL: z.string().optional(),
    REDIS_HOST: z.string().optional(),
    REDIS_SCHEME: z.enum(['tcp', 'tls']).default('tcp'),
    REDIS_PORT: port.default(6379),
    REDIS_PASSWORD: z.string().optional(),
    /** Authorities that are trusted, for those of the system: the name that OpenSSL and Go have for it. */
    SSL_CERT_FILE: z.string().optional(),
    REDIS_QUEUE: z.string().default('workflows-default'),
    ENGINE_PARTITION_COUNT: count.default(16),
  })
  .transform((env, context) => {
    const queue = { name: env.REDIS_QUEUE, partitions: env.ENGINE_PARTITION_COUNT };
    const tls = { tls: env.SSL_CERT_FILE === undefined ? {} : { ca: readFileSync(env.SSL_CERT_FILE, 'utf8') } };
    if (env.REDIS_URL === undefined) {
      if (env.REDIS_HOST !== undefined) {
        const { REDIS_HOST: host, REDIS_PORT: port, REDIS_PASSWORD: password } = env;
        return { redis: { host, port, password, db: 0, ...(env.REDIS_SCHEME === 'tls' && tls) }, queue };
      }
      context.addIssue({ code: 'custom', path: ['REDIS_URL'], message: 'must be set (or REDIS_HOST)' });
      return z.NEVER;
    }
    const url = URL.canParse(env.REDIS_URL) ? new URL(env.REDIS_URL) : undefined;
    if (
      url === undefined ||
      !/^rediss?:$/.test(url.protocol) ||
      url.hostname === '' ||
      !/^\/?\d*$/.test(url.pathname)
    ) {
      context.addIssue({
        code: 'custom',
        path: ['REDIS_URL'],
        message: 'must look like redis://:password@host:6379/0',
      });
      return z.NEVER;
    }
    const redis = {
      host: url.hostname,
      port: Number(url.port || 6379),
      ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
      password: url.password === '' ? env.REDIS_PASSWORD : decodeURIComponent(url.password),
      db: Number(url.pathname.slice(1)),
      ...(url.protocol === 'rediss:' && tls),
    };
    return { redis, queue };
  });

export type RedisSettings = z.infer<typeof redisEnvironment>['redis'];
export type QueueSettings = z.infer<typeof redisEnvironment>['queue'];

/** A connection that comes back by itself; a command that cannot be sent or answered within 3 s fails. */
export function connectRedis(app: App, settings: RedisSettings): Redis {
  const redis = new Redis({
    ...settings,
    connectTimeout: 2000,
    commandTimeout: 3000,
    maxRetriesPerRequest: 1,
    retryStrategy: (times) => Math.min(50 * 2 ** times, 1000),
  });
  redis.on('error', (error) => {
    app.log.warn({ err: error }, 'redis');
  });
  app.onStop('redis', async () => {
    await redis.quit().catch(() => {
      redis.disconnect();
    });
  });
  return redis;
}

/** The stream of each partition. */
export function streamNames({ name, partitions }: QueueSettings): string[] {
  return Array.from({ length: partitions }, (_, partition) => `${name}:${partition}`);
}

/** Puts a job into its partition's stream; once this returns it is in Redis. */
export async function enqueue(redis: Redis, queue: QueueSettings, job: Job): Promise<void> {
  const stream = `${queue.name}:${partitionOf(job.id, queue.partitions)}`;
  await redis.xadd(stream, '*', 'job', JSON.stringify(job));
}

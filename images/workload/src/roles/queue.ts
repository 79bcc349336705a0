import type { Redis } from 'ioredis';
import * as z from 'zod';
import type { App } from '../app.ts';
import type { Job } from '../contract.ts';
import { Database, databaseEnvironment } from '../database.ts';
import { address, count, duration, port } from '../environment.ts';
import { record } from '../events.ts';
import { beat } from '../heartbeat.ts';
import { createHttp, listen } from '../http.ts';
import { mayPass, Peer } from '../rpc.ts';
import { connectRedis, enqueue, redisEnvironment, streamNames, type QueueSettings } from '../streams.ts';
import { hop } from '../trail.ts';

export const environment = z
  .object({
    FRONTEND_ADDR: address.default('frontend:9090'),
    METRICS_PORT: port.default(9464),
    JOB_CONSUMER_GROUP: z.string().default('engine-group'),
    JOB_CLAIM_MIN_IDLE: duration.default(30_000),
    JOB_CLAIM_BATCH: count.default(50),
    /** After how long a stored execution that never reached Redis is put in again. */
    JOB_REQUEUE_AFTER: duration.default(5000),
    /** After how long an execution that reached Redis, but that nobody started, counts as lost with Redis' data. */
    JOB_LOST_AFTER: duration.default(60_000),
  })
  .and(databaseEnvironment)
  .and(redisEnvironment);

type Environment = z.infer<typeof environment>;

/** Stream, then entries: id and fields. */
type Batch = [stream: string, entries: [id: string, fields: string[] | null][]][] | null;

/** Jobs that are being handed over at the same time. */
const limit = 32;

/** Creates the consumer group of every stream; one that exists stays as it is. */
async function createGroups(redis: Redis, queue: QueueSettings, group: string): Promise<void> {
  await Promise.all(
    streamNames(queue).map(async (stream) => {
      await redis.xgroup('CREATE', stream, group, '0', 'MKSTREAM').catch((error: unknown) => {
        if (!String(error).includes('BUSYGROUP')) throw error;
      });
    }),
  );
}

/** Puts into Redis what is stored but did not get there: the api died in between, or Redis lost it. */
async function requeue(app: App, env: Environment, database: Database, redis: Redis): Promise<void> {
  await database.transaction(async (query) => {
    const late = await query<Job>(
      `SELECT id, input, delay_ms::float8 AS "delayMs", work_ms::float8 AS "workMs" FROM workflow.executions
       WHERE state = 'pending' AND updated_at < now() - make_interval(secs => $1)
          OR state = 'queued' AND updated_at < now() - make_interval(secs => $2)
       ORDER BY updated_at LIMIT 100 FOR UPDATE SKIP LOCKED`,
      [env.JOB_REQUEUE_AFTER / 1000, env.JOB_LOST_AFTER / 1000],
    );
    for (const job of late) {
      // Recorded before the entry is there, or history, which records it too, and this would wait for each other.
      const trail = [hop('queue.requeued', app.replica)];
      await record(query, job.id, trail);
      await enqueue(redis, env.queue, { ...job, trail });
      await query(`UPDATE workflow.executions SET state = 'queued', updated_at = now() WHERE id = $1`, [job.id]);
      app.log.info({ execution: job.id }, 'queued again');
    }
  });
}

/** Takes jobs from Redis and hands them to the engine; a job leaves Redis only once the engine has it. */
export async function start(app: App, env: Environment): Promise<void> {
  const database = new Database(app, env.database, 2);
  const redis = connectRedis(app, env.redis);
  const reader = connectRedis(app, { ...env.redis });
  const frontend = new Peer(app, 'Frontend', env.FRONTEND_ADDR);
  const { JOB_CONSUMER_GROUP: group, JOB_CLAIM_MIN_IDLE: idle, JOB_CLAIM_BATCH: batch } = env;
  const streams = streamNames(env.queue);
  const busy = new Map<string, Promise<void>>();

  const handOver = async (stream: string, entry: string, fields: string[] | null): Promise<void> => {
    const job = fields === null ? undefined : (JSON.parse(fields[1] ?? '') as Job);
    try {
      if (job) {
        const trail = [...job.trail, hop('queue.taken', app.replica)];
        await frontend.call(
          'StartExecution',
          { ...job, trail },
          { attempts: 8, deadlineMs: 10_000, signal: app.stopping },
        );
      }
    } catch (error) {
      // Whoever is alive claims it again later, unless it can never be accepted.
      app.log.warn(
        { err: error, execution: job?.id },
        mayPass(error) ? 'not handed over yet' : 'refused by the engine',
      );
      if (mayPass(error)) return;
    }
    await redis.multi().xack(stream, group, entry).xdel(stream, entry).exec();
    app.log.debug({ execution: job?.id }, 'handed over');
  };
  const take = (read: Batch): void => {
    for (const [stream, entries] of read ?? []) {
      for (const [entry, fields] of entries) {
        const key = `${stream} ${entry}`;
        if (busy.has(key)) continue;
        const work = handOver(stream, entry, fields)
          .catch((error: unknown) => {
            app.log.warn({ err: error }, 'handing over');
          })
          .finally(() => busy.delete(key));
        busy.set(key, work);
      }
    }
  };
  const readGroup = async (from: string, room: number): Promise<Batch> => {
    const ids = streams.map(() => from);
    const common = ['GROUP', group, app.replica, 'COUNT', room, 'BLOCK', 1000, 'STREAMS'] as const;
    return await reader.xreadgroup(...common, ...streams, ...ids);
  };
  app.onStop('jobs in flight', () => Promise.all(busy.values()));

  let ready = false;
  app.repeat('reading jobs', 0, async () => {
    try {
      if (!ready) {
        await createGroups(redis, env.queue, group);
        // What this replica had taken before it was restarted.
        take(await readGroup('0', batch));
        ready = true;
      }
      if (busy.size < limit) take(await readGroup('>', limit - busy.size));
      else await Promise.race(busy.values());
    } catch (error) {
      ready = false;
      throw error;
    }
  });
  app.repeat('heartbeat', 1000, async () => {
    await Promise.all([database.ping(), redis.ping()]);
    beat();
  });
  app.repeat('claiming what dead replicas left', Math.max(500, idle / 3), async () => {
    if (!ready) return;
    for (const stream of streams) {
      const claimed = await redis.xautoclaim(stream, group, app.replica, idle, '0', 'COUNT', batch);
      take([[stream, claimed[1] as [string, string[] | null][]]]);
    }
  });
  app.repeat('queueing again', Math.min(2000, env.JOB_REQUEUE_AFTER), () => requeue(app, env, database, redis));

  const http = createHttp(app, { postgres: database.ping, redis: () => redis.ping() });
  await listen(app, http, env.METRICS_PORT);
}

import { randomUUID } from 'node:crypto';
import { Histogram } from 'prom-client';
import * as z from 'zod';
import type { App } from '../app.ts';
import type { Job } from '../contract.ts';
import { Database, databaseEnvironment, type Query } from '../database.ts';
import { addEcho } from '../echo.ts';
import { port } from '../environment.ts';
import { readTrail, record } from '../events.ts';
import { createHttp, listen } from '../http.ts';
import { refusal } from '../signature.ts';
import { connectRedis, enqueue, redisEnvironment } from '../streams.ts';
import { hop } from '../trail.ts';

export const environment = z
  .object({
    HTTP_PORT: port.default(8000),
    LINKFLOW_ENGINE_SECRET: z.string().optional(),
    LINKFLOW_SECRET: z.string().optional(),
  })
  .transform((env, context) => {
    const secret = env.LINKFLOW_ENGINE_SECRET ?? env.LINKFLOW_SECRET;
    if (secret !== undefined) return { httpPort: env.HTTP_PORT, secret };
    context.addIssue({ code: 'custom', path: ['LINKFLOW_ENGINE_SECRET'], message: 'must be set (or LINKFLOW_SECRET)' });
    return z.NEVER;
  })
  .and(databaseEnvironment)
  .and(redisEnvironment);

const states = ['pending', 'queued', 'waiting', 'running', 'completed'] as const;

const newExecution = z.strictObject({
  /** The client's own id makes the request repeatable. */
  id: z.uuid().optional(),
  input: z.json().default(null),
  delayMs: z.int().min(0).max(86_400_000).default(0),
  /** How long the task takes to do. */
  workMs: z.int().min(0).max(600_000).default(0),
});
const filter = z.strictObject({
  state: z.enum(states).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
});
const idParameter = z.object({ id: z.uuid() });
const callback = z.strictObject({ executionId: z.uuid(), result: z.json() });

interface ExecutionRow {
  readonly id: string;
  readonly state: (typeof states)[number];
  readonly input: string;
  readonly delayMs: number;
  readonly workMs: number;
  readonly result: unknown;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const columns = `id, state, input, delay_ms::float8 AS "delayMs", work_ms::float8 AS "workMs", result,
  created_at AS "createdAt", updated_at AS "updatedAt"`;

/** As a client sees it: the input is JSON again. */
const shown = (row: ExecutionRow): object => ({ ...row, input: JSON.parse(row.input) as unknown });

/** A request that is answered with every problem found in it. */
class BadRequest extends Error {
  readonly statusCode = 400;
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`invalid request: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BadRequest(parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`));
}

/** Applies a result exactly once: true the first time, false ever after, undefined for an unknown execution. */
async function complete(query: Query, app: App, id: string, result: unknown): Promise<boolean | undefined> {
  const [row] = await query<{ state: string }>('SELECT state FROM workflow.executions WHERE id = $1 FOR UPDATE', [id]);
  if (row === undefined) return undefined;
  if (row.state === 'completed') return false;
  await query(`UPDATE workflow.executions SET state = 'completed', result = $2, updated_at = now() WHERE id = $1`, [
    id,
    JSON.stringify(result),
  ]);
  await record(query, id, [hop('api.completed', app.replica)]);
  return true;
}

/** The public face: takes executions, shows them, and takes the engine's signed callbacks. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const database = new Database(app, env.database);
  const redis = connectRedis(app, env.redis);
  const checks = { postgres: database.ping, redis: () => redis.ping() };
  const http = createHttp(app, checks, '/api/v1/health');
  const seconds = new Histogram({
    name: 'linkflow_callback_seconds',
    help: 'Time to apply a callback',
    buckets: [0.005, 0.02, 0.1, 0.5, 2],
  });

  /** The entry carries the step, for the engine may be at work on it before this is recorded, or instead of it. */
  const putIn = async (job: Job): Promise<void> => {
    await enqueue(redis, env.queue, job);
    await database.transaction(async (query) => {
      await query(
        `UPDATE workflow.executions SET state = 'queued', updated_at = now() WHERE id = $1 AND state = 'pending'`,
        [job.id],
      );
      await record(query, job.id, job.trail);
    });
  };

  http.post('/api/v1/executions', async (request, reply) => {
    const { id = randomUUID(), input, delayMs, workMs } = check(newExecution, request.body ?? {});
    const stored = { id, input: JSON.stringify(input), delayMs, workMs };
    const trail = await database.transaction(async (query) => {
      const rows = await query(
        `INSERT INTO workflow.executions (id, state, input, delay_ms, work_ms) VALUES ($1, 'pending', $2, $3, $4)
         ON CONFLICT DO NOTHING RETURNING id`,
        [id, stored.input, delayMs, workMs],
      );
      if (rows.length === 0) return undefined;
      await record(query, id, [hop('api.received', app.replica)]);
      // Before anybody else can see the row, and so before any later step of it.
      return [hop('api.queued', app.replica)];
    });
    // Stored is promised. Should the rest fail, the queue finds the row still pending and puts it in itself; nobody else
    // does, however often the request is repeated, so that the step has one time.
    try {
      if (trail !== undefined) await putIn({ ...stored, trail });
    } catch (error) {
      app.log.warn({ err: error, execution: id }, 'stored but not queued yet');
    }
    return reply.code(202).header('location', `/api/v1/executions/${id}`).send({ id });
  });

  http.get('/api/v1/executions/:id', async (request, reply) => {
    const { id } = check(idParameter, request.params);
    const [row] = await database.query<ExecutionRow>(`SELECT ${columns} FROM workflow.executions WHERE id = $1`, [id]);
    if (row === undefined) return reply.code(404).send({ error: `no execution ${id}` });
    const trail = await readTrail(database.query, id);
    const begin = trail[0]?.at ?? 0;
    return { ...shown(row), trail: trail.map((step) => ({ ...step, at: new Date(step.at), ms: step.at - begin })) };
  });

  http.get('/api/v1/executions', async (request) => {
    const { state, limit } = check(filter, request.query);
    const rows = await database.query<ExecutionRow>(
      `SELECT ${columns} FROM workflow.executions WHERE $1::text IS NULL OR state = $1 ORDER BY created_at DESC LIMIT $2`,
      [state, limit],
    );
    return { executions: rows.map(shown) };
  });

  await http.register((scope, _options, done) => {
    // The signature covers the bytes as they were sent.
    scope.removeContentTypeParser('application/json');
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, parsed) => {
      parsed(null, body);
    });
    scope.post('/api/v1/jobs/callback', async (request, reply) => {
      const body = typeof request.body === 'string' ? request.body : '';
      const header = (name: string): string | undefined => request.headers[name]?.toString();
      const signed = { timestamp: header('x-linkflow-timestamp'), signature: header('x-linkflow-signature') };
      const reason = refusal(env.secret, signed, body, Date.now());
      if (reason !== undefined) return reply.code(401).send({ error: `callback refused: ${reason}` });
      const stop = seconds.startTimer();
      let content: unknown;
      try {
        content = JSON.parse(body);
      } catch {
        throw new BadRequest(['body: not JSON']);
      }
      const { executionId, result } = check(callback, content);
      const applied = await database.transaction((query) => complete(query, app, executionId, result));
      stop();
      app.log.debug({ execution: executionId, applied }, 'callback');
      if (applied === undefined) return reply.code(404).send({ error: `no execution ${executionId}` });
      return { applied };
    });
    done();
  });

  await addEcho(app, http, '/api/v1');
  await listen(app, http, env.httpPort);
}

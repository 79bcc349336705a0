import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import * as z from 'zod';
import type { App } from '../app.ts';
import { Database } from '../database.ts';
import { port } from '../environment.ts';
import { createHttp, listen } from '../http.ts';
import {
  Decision,
  finalStates,
  postgresEnvironment,
  RunEvent,
  steps,
  streams,
  type Work,
} from '../orchestrator/contract.ts';
import { put } from '../orchestrator/queue.ts';
import { connectRedis, redisEnvironment } from '../streams.ts';

export const environment = z
  .object({ PORT: port.default(8081), FANOUT_URL: z.url().default('ws://fanout:8085') })
  .and(postgresEnvironment)
  .and(redisEnvironment);

/** How long a stream of events may take to tell the end, in ms. */
const STREAM_MS = 30_000;

const params = z.strictObject({ id: z.uuid() });

class Refusal extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** Accepts runs, records what happens to them, takes a person's decision. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const database = new Database(app, env.database);
  const redis = connectRedis(app, env.redis);
  const newRun = z.strictObject({
    steps: z
      .array(z.enum(steps))
      .min(1)
      .default([...steps]),
    url: z.url().default(`http://orchestrator:${env.PORT}/health`),
    prompt: z.string().default('Say hello.'),
  });
  const http = createHttp(app, { postgres: database.ping, redis: () => redis.ping() });

  const stateOf = async (id: string): Promise<string> => {
    const [run] = await database.query<{ state: string }>('SELECT state FROM runs WHERE id = $1', [id]);
    if (!run) throw new Refusal(404, `no run ${id}`);
    return run.state;
  };

  http.post('/api/v1/runs', async (request, reply) => {
    const parsed = newRun.safeParse(request.body ?? {});
    if (!parsed.success) throw new Refusal(400, z.prettifyError(parsed.error));
    const work: Work = { id: randomUUID(), ...parsed.data };
    await database.query('INSERT INTO runs (id, work) VALUES ($1, $2)', [work.id, JSON.stringify(work)]);
    await put(redis, streams.runs, work);
    return reply.code(202).send({ id: work.id, state: 'pending' });
  });

  http.get('/api/v1/runs/:id', async (request) => {
    const { id } = params.parse(request.params);
    const state = await stateOf(id);
    const trail = await database.query<RunEvent>(
      'SELECT service, replica, event, state, output, at FROM run_events WHERE run_id = $1 ORDER BY at, position',
      [id],
    );
    return { id, state, trail };
  });

  http.post('/api/v1/runs/:id/decision', async (request, reply) => {
    const { id } = params.parse(request.params);
    const decision = Decision.safeParse({ ...(request.body as object), id });
    if (!decision.success) throw new Refusal(400, z.prettifyError(decision.error));
    const state = await stateOf(id);
    if (state !== 'waiting_approval') throw new Refusal(409, `run ${id} waits for no decision: it is ${state}`);
    await database.query('INSERT INTO approvals (run_id, approved) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      id,
      decision.data.approved,
    ]);
    await put(redis, streams.decisions, decision.data);
    return reply.code(202).send(decision.data);
  });

  /** What fanout streams of a run over its WebSocket, until the end: the events as one answer. */
  http.get('/api/v1/runs/:id/stream', async (request) => {
    const { id } = params.parse(request.params);
    await stateOf(id);
    return { id, events: await streamed(`${env.FANOUT_URL}/ws?run=${id}`) };
  });

  http.post('/internal/runs/:id/events', async (request, reply) => {
    const { id } = params.parse(request.params);
    const { service, replica, event, state, output, at } = RunEvent.parse(request.body);
    await database.transaction(async (query) => {
      await query(
        `INSERT INTO run_events (run_id, service, replica, event, state, output, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
        [id, service, replica, event, state, output, at],
      );
      await query('UPDATE runs SET state = $2, updated_at = now() WHERE id = $1 AND NOT state = ANY ($3)', [
        id,
        state,
        finalStates,
      ]);
    });
    return reply.code(204).send();
  });

  // What was stored and never got to Redis, or was lost with its data before anybody took it up.
  app.repeat('starting again', 5000, async () => {
    const late = await database.query<{ work: Work }>(
      `UPDATE runs SET updated_at = now() WHERE state = 'pending' AND updated_at < now() - interval '10 seconds'
       RETURNING work`,
    );
    for (const { work } of late) await put(redis, streams.runs, work);
  });
  await listen(app, http, env.PORT);
}

/** Everything that a WebSocket tells until a run has ended. */
async function streamed(url: string): Promise<RunEvent[]> {
  const socket = new WebSocket(url, { handshakeTimeout: 3000 });
  const events: RunEvent[] = [];
  try {
    return await new Promise<RunEvent[]>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Refusal(503, `the stream did not tell the end within ${STREAM_MS / 1000} s`));
      }, STREAM_MS);
      socket.on('message', (data: Buffer) => {
        const event = RunEvent.parse(JSON.parse(data.toString()));
        events.push(event);
        if (!finalStates.includes(event.state)) return;
        clearTimeout(timer);
        resolve(events);
      });
      const lost = (error?: unknown): void => {
        clearTimeout(timer);
        reject(new Refusal(503, `the stream broke: ${error instanceof Error ? error.message : 'closed'}`));
      };
      socket.on('error', lost).on('close', () => {
        lost();
      });
    });
  } finally {
    socket.terminate();
  }
}

import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { App } from './app.ts';

/** Below any time-out on the way. */
const LONGEST_MS = 30_000;
const TICK_MS = 250;

const query = z.object({ delayMs: z.coerce.number().int().min(0).max(LONGEST_MS).catch(0) });

/**
 * Adds what releases are measured by, which needs no store: `POST <prefix>/echo?delayMs=` answers with what it got, after a
 * while; `GET <prefix>/live` is a WebSocket that tells four times a second which replica it comes from, and answers
 * whatever it is sent.
 */
export async function addEcho(app: App, http: FastifyInstance, prefix: string): Promise<void> {
  await http.register(websocket);
  http.post(`${prefix}/echo`, async (request) => {
    const { delayMs } = query.parse(request.query);
    // A replica that is asked to stop finishes what it has begun, so it is not cut short.
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    return { replica: app.replica, body: request.body ?? null };
  });
  http.get(`${prefix}/live`, { websocket: true }, (socket) => {
    const tick = setInterval(() => {
      socket.send(JSON.stringify({ replica: app.replica }));
    }, TICK_MS);
    socket.on('message', (data: Buffer) => {
      socket.send(data.toString());
    });
    socket.on('close', () => {
      clearInterval(tick);
    });
  });
}

import websocket from '@fastify/websocket';
import { Redis } from 'ioredis';
import * as z from 'zod';
import type { App } from '../app.ts';
import { port } from '../environment.ts';
import { createHttp, listen } from '../http.ts';
import { eventsOf } from '../orchestrator/contract.ts';
import { connectRedis, redisEnvironment } from '../streams.ts';

export const environment = z.object({ PORT: port.default(8085) }).and(redisEnvironment);

/** How long one look at a stream waits for something new, in ms; how often who is connected is pinged. */
const BLOCK_MS = 1000;
const PING_MS = 15_000;

const query = z.object({ run: z.uuid() });

/** Tells over WebSockets what happens to a run: from its beginning, then as it happens. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const redis = connectRedis(app, env.redis);
  const http = createHttp(app, { redis: () => redis.ping() });
  await http.register(websocket, { options: { maxPayload: 1024 } });
  http.get('/ws', { websocket: true }, (socket, request) => {
    const asked = query.safeParse(request.query);
    if (!asked.success) {
      socket.close(1008, 'say which: /ws?run=<id>');
      return;
    }
    const stream = eventsOf(asked.data.run);
    // A connection of its own: a look that waits would hold up those of the others.
    const reader = new Redis({ ...env.redis, maxRetriesPerRequest: null });
    reader.on('error', (error) => {
      app.log.warn({ err: error }, 'reading events');
    });
    const ping = setInterval(() => {
      socket.ping();
    }, PING_MS);
    let open = true;
    socket.on('close', () => {
      open = false;
      clearInterval(ping);
      reader.disconnect();
    });
    const follow = async (): Promise<void> => {
      let last = '0';
      while (open && !app.stopping.aborted) {
        const read = await reader.xread('BLOCK', BLOCK_MS, 'STREAMS', stream, last);
        for (const [, entries] of read ?? []) {
          for (const [entry, fields] of entries) {
            last = entry;
            socket.send(fields[1] ?? '');
          }
        }
      }
      if (open) socket.close(1001, 'going away');
    };
    follow().catch((error: unknown) => {
      if (!open) return;
      app.log.warn({ err: error }, 'a stream broke');
      socket.close(1011, 'the events can not be read');
    });
  });
  await listen(app, http, env.PORT);
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { App } from '../app.ts';
import { addEcho } from '../echo.ts';
import { port } from '../environment.ts';
import { createHttp, listen } from '../http.ts';
import { askPeer } from '../lomash/peers.ts';
import { Refused, userHeaders } from '../lomash/requests.ts';
import { addressVariable, services, type ServiceName } from '../lomash/services.ts';

const NAMES = Object.keys(services) as ServiceName[];
const TIMEOUT_MS = 10_000;
/** Headers of a client that go on to a service. Who it is the gateway tells itself. */
const HANDED_ON = ['content-type', 'cookie', 'stripe-signature'];

const address = z.url('must be an address such as http://auth-service:3001');
const addresses = z.object(Object.fromEntries(NAMES.map((name) => [addressVariable(name), address])));
export const environment = z.object({ PORT: port }).and(addresses);

const user = z.object({ id: z.string(), email: z.string(), name: z.string() });

/** Lomash Wood's way in: says who asks, and hands on by the first part of the path. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const addressOf = (name: ServiceName): string => String((env as Record<string, unknown>)[addressVariable(name)]);
  // Its own health alone: one service that is down is not to take the others out with it.
  const http = createHttp(app, {});
  // Bodies go on as they came: signatures cover their bytes.
  http.removeAllContentTypeParsers();
  http.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => {
    parsed(null, body);
  });

  http.get('/health/services', async (_request, reply) => {
    const states = await Promise.all(
      NAMES.map(async (name) => {
        const state = await askPeer(addressOf(name), '/health').then(
          () => 'ok',
          (error: unknown) => (error instanceof Error ? error.message : 'unreachable'),
        );
        return [name, state] as const;
      }),
    );
    const isHealthy = states.every(([, state]) => state === 'ok');
    return reply.code(isHealthy ? 200 : 503).send({ services: Object.fromEntries(states) });
  });

  const asker = async ({ headers }: FastifyRequest): Promise<Record<string, string>> => {
    if (headers.cookie === undefined) return {};
    try {
      const found = await askPeer(addressOf('auth-service'), '/internal/session', {
        headers: { cookie: headers.cookie },
      });
      return userHeaders(user.parse(found));
    } catch (error) {
      if (error instanceof Refused) return {}; // A stranger.
      throw error;
    }
  };
  const handOn = (name: ServiceName) => async (request: FastifyRequest, reply: FastifyReply) => {
    const headers = Object.fromEntries(
      HANDED_ON.flatMap((key) => (request.headers[key] === undefined ? [] : [[key, String(request.headers[key])]])),
    );
    const body = Buffer.isBuffer(request.body) && request.body.length > 0 ? request.body : undefined;
    const response = await fetch(new URL(request.url, addressOf(name)), {
      method: request.method,
      headers: { ...headers, ...(await asker(request)) },
      ...(body && { body: new Uint8Array(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      throw new Refused(502, `${name}: ${error instanceof Error ? error.message : String(error)}`);
    });
    for (const key of ['content-type', 'x-cache']) {
      const value = response.headers.get(key);
      if (value !== null) void reply.header(key, value);
    }
    for (const cookie of response.headers.getSetCookie()) void reply.header('set-cookie', cookie);
    return reply.code(response.status).send(Buffer.from(await response.arrayBuffer()));
  };
  for (const name of NAMES) {
    for (const path of services[name].paths) {
      http.all(`/v1/${path}`, handOn(name));
      http.all(`/v1/${path}/*`, handOn(name));
    }
  }
  await addEcho(app, http, '');
  await listen(app, http, env.PORT);
}

import Fastify, { type FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Histogram, register } from 'prom-client';
import type { App } from './app.ts';

/** What must answer for a replica to be healthy, by name. */
export type Checks = Readonly<Record<string, () => Promise<unknown>>>;

const checkTimeoutMs = 2000;

/** Runs one check; `ok`, or why not. */
async function outcome(check: () => Promise<unknown>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, checkTimeoutMs, `no answer within ${checkTimeoutMs} ms`);
  });
  const answer = check().then(
    () => 'ok',
    (error: unknown) => (error instanceof Error && error.message !== '' ? error.message : 'unreachable'),
  );
  const result = await Promise.race([answer, late]);
  clearTimeout(timer);
  return result;
}

/**
 * An HTTP server with /health (200, or 503 with the check that failed) and /metrics, among them how many requests it has
 * answered, and how fast. Add routes, then `listen`.
 * Stopping finishes the requests in flight.
 */
export function createHttp(app: App, checks: Checks, healthPath = '/health'): FastifyInstance {
  collectDefaultMetrics();
  register.setDefaultLabels({ service: app.role });
  const http = Fastify({ bodyLimit: 1024 * 1024, return503OnClosing: false, forceCloseConnections: 'idle' });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'How long requests took to answer',
    labelNames: ['method', 'route', 'status'],
  });
  http.addHook('onResponse', (request, reply, done) => {
    // The pattern of the path: paths themselves would be without number.
    const route = request.routeOptions.url ?? 'none';
    durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
  http.get(healthPath, async (_request, reply) => {
    const names = Object.keys(checks);
    const results = await Promise.all(Object.values(checks).map(outcome));
    const healthy = results.every((result) => result === 'ok');
    return reply.code(healthy ? 200 : 503).send({
      status: healthy ? 'ok' : 'unhealthy',
      service: app.role,
      replica: app.replica,
      checks: Object.fromEntries(names.map((name, index) => [name, results[index]])),
    });
  });
  http.get('/metrics', async (_request, reply) => reply.type(register.contentType).send(await register.metrics()));
  http.setErrorHandler(async (error: Error & { statusCode?: number; problems?: readonly string[] }, request, reply) => {
    const { statusCode = 500, problems } = error;
    if (statusCode >= 500) app.log.error({ err: error, url: request.url }, 'request failed');
    return reply.code(statusCode).send({ error: statusCode === 500 ? 'internal error' : error.message, problems });
  });
  return http;
}

/** Starts to serve on every address of the container. */
export async function listen(app: App, http: FastifyInstance, port: number): Promise<void> {
  app.onStop('http', () => http.close());
  await http.listen({ host: '0.0.0.0', port });
  app.log.info({ port }, 'serving HTTP');
}

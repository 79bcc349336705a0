import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Redis } from 'ioredis';
import { Counter, register } from 'prom-client';
import * as z from 'zod';
import type { App } from '../app.ts';
import { Database, databaseEnvironment } from '../database.ts';
import { addEcho } from '../echo.ts';
import { duration, port, text } from '../environment.ts';
import { createHttp, listen } from '../http.ts';
import { databaseFacts, lookedAt, redisFacts, wantsPrometheus } from '../luminai/health.ts';
import { listHtml, pageHtml, read, remove, search, visitorOf, write } from '../luminai/pages.ts';
import { Sessions, type Session } from '../luminai/sessions.ts';
import { connectRedis, redisEnvironment } from '../streams.ts';

export const environment = z
  .object({
    HTTP_PORT: port.default(8000),
    APP_SECRET: text,
    SESSION_LIFETIME: duration.default(7_200_000),
    PAGE_CACHE_LIFETIME: duration.default(300_000),
    /** Where sessions are kept; absent: with the cache. */
    SESSION_REDIS_URL: z.string().optional(),
  })
  .and(databaseEnvironment)
  .and(redisEnvironment)
  .transform((env, context) => {
    if (env.SESSION_REDIS_URL === undefined) return { ...env, sessions: undefined };
    const own = redisEnvironment.safeParse({ REDIS_URL: env.SESSION_REDIS_URL });
    if (own.success) return { ...env, sessions: own.data.redis };
    for (const { message } of own.error.issues)
      context.addIssue({ code: 'custom', path: ['SESSION_REDIS_URL'], message });
    return z.NEVER;
  });

const visitor = z.strictObject({ name: z.string().trim().min(1).max(100) });
const newPage = z.strictObject({ title: z.string().trim().min(1).max(200), body: z.string().max(100_000) });
const idParameter = z.object({ id: z.uuid() });
const found = z.object({
  q: z.string().max(200).default(''),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

/** A request that is answered with what is wrong with it. */
class Refused extends Error {
  readonly statusCode: number;
  readonly problems: readonly string[];

  constructor(statusCode: number, message: string, problems: readonly string[] = []) {
    super(message);
    this.statusCode = statusCode;
    this.problems = problems;
  }
}

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw new Refused(400, `invalid request: ${problems.join('; ')}`, problems);
}

/** Rendered pages in Redis, each for a while. Without Redis there is no cache, and pages all the same. */
class PageCache {
  readonly #app: App;
  readonly #redis: Redis;
  readonly #lifetimeMs: number;

  constructor(app: App, redis: Redis, lifetimeMs: number) {
    this.#app = app;
    this.#redis = redis;
    this.#lifetimeMs = lifetimeMs;
  }

  async get(id: string): Promise<string | null> {
    return this.#tried(() => this.#redis.get(`cache:page:${id}`));
  }

  async put(id: string, html: string): Promise<void> {
    await this.#tried(() => this.#redis.set(`cache:page:${id}`, html, 'PX', this.#lifetimeMs));
  }

  async drop(id: string): Promise<void> {
    await this.#tried(() => this.#redis.del(`cache:page:${id}`));
  }

  async #tried<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      this.#app.log.debug({ err: error }, 'no cache');
      return null;
    }
  }
}

/** Luminai's application: pages from PostgreSQL, rendered ones and sessions in Redis, health in three forms. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const database = new Database(app, env.database);
  const redis = connectRedis(app, env.redis);
  const sessionRedis = env.sessions === undefined ? redis : connectRedis(app, env.sessions);
  const sessions = new Sessions(sessionRedis, { secret: env.APP_SECRET, lifetimeMs: env.SESSION_LIFETIME });
  const cache = new PageCache(app, redis, env.PAGE_CACHE_LIFETIME);
  const checks = {
    database: database.ping,
    redis: () => redis.ping(),
    ...(env.sessions !== undefined && { sessions: () => sessionRedis.ping() }),
  };
  const http = createHttp(app, checks);
  const rendered = new Counter({ name: 'luminai_pages_total', help: 'Pages that were sent', labelNames: ['cache'] });
  const logins = new Counter({ name: 'luminai_logins_total', help: 'Sessions that were begun' });

  http.get('/health/detailed', async (_request, reply) => {
    const looks = await Promise.all([
      lookedAt(() => databaseFacts(database.query)),
      lookedAt(() => redisFacts(redis)),
      ...(env.sessions === undefined ? [] : [lookedAt(() => redisFacts(sessionRedis))]),
    ]);
    const isHealthy = looks.every(({ status }) => status === 'ok');
    const [databaseHealth, redisHealth, sessionsHealth] = looks;
    return reply.code(isHealthy ? 200 : 503).send({
      status: isHealthy ? 'ok' : 'unhealthy',
      service: app.role,
      replica: app.replica,
      uptimeSeconds: Math.round(process.uptime()),
      memoryBytes: process.memoryUsage.rss(),
      checks: { database: databaseHealth, redis: redisHealth, ...(sessionsHealth && { sessions: sessionsHealth }) },
    });
  });

  http.get('/health/metrics', async (request, reply) => {
    if (wantsPrometheus(request.headers.accept)) return reply.type(register.contentType).send(await register.metrics());
    return { service: app.role, replica: app.replica, metrics: await register.getMetricsAsJSON() };
  });

  const isSecure = ({ headers }: FastifyRequest): boolean => headers['x-forwarded-proto'] === 'https';
  const loggedIn = async ({ headers }: FastifyRequest): Promise<Session> => {
    const session = await sessions.of(headers.cookie);
    if (session === undefined) throw new Refused(401, 'nobody is logged in');
    return session;
  };
  const html = (reply: FastifyReply, content: string): FastifyReply =>
    reply.type('text/html; charset=utf-8').send(content);

  http.post('/login', async (request, reply) => {
    const { name } = check(visitor, request.body);
    const visitorId = await visitorOf(database.query, name);
    const cookie = await sessions.begin({ visitorId, name }, isSecure(request));
    logins.inc();
    return reply.header('set-cookie', cookie).send({ id: visitorId, name });
  });
  http.get('/me', loggedIn);
  http.post('/logout', async (request, reply) => {
    const cookie = await sessions.end(request.headers.cookie, isSecure(request));
    return reply.code(204).header('set-cookie', cookie).send();
  });

  http.get('/', async (request, reply) => {
    const [pages, session] = await Promise.all([search(database.query, '', 20), sessions.of(request.headers.cookie)]);
    return html(reply, listHtml(pages, session?.name));
  });
  http.post('/pages', async (request, reply) => {
    const { visitorId } = await loggedIn(request);
    const id = await write(database.query, visitorId, check(newPage, request.body));
    return reply.code(201).header('location', `/pages/${id}`).send({ id });
  });
  http.get('/pages/:id', async (request, reply) => {
    const { id } = check(idParameter, request.params);
    const cached = await cache.get(id);
    rendered.inc({ cache: cached === null ? 'miss' : 'hit' });
    if (cached !== null) return html(reply.header('x-cache', 'hit'), cached);
    const page = await read(database.query, id);
    if (page === undefined) throw new Refused(404, `no page ${id}`);
    const content = pageHtml(page);
    await cache.put(id, content);
    return html(reply.header('x-cache', 'miss'), content);
  });
  http.delete('/pages/:id', async (request, reply) => {
    const { id } = check(idParameter, request.params);
    const { visitorId } = await loggedIn(request);
    if (!(await remove(database.query, visitorId, id))) throw new Refused(404, `no page ${id} of this visitor's`);
    await cache.drop(id);
    return reply.code(204).send();
  });
  http.get('/search', async (request) => {
    const { q, limit } = check(found, request.query);
    const pages = await search(database.query, q, limit);
    return { pages: pages.map(({ id, title, author }) => ({ id, title, author })) };
  });

  await addEcho(app, http, '');
  await listen(app, http, env.HTTP_PORT);
}

import { beforeEach, describe, expect, test } from '@jest/globals';
import { lookedAt, redisFacts, wantsPrometheus } from '../../../../images/workload/src/luminai/health.ts';
import { listHtml, pageHtml } from '../../../../images/workload/src/luminai/pages.ts';
import { COOKIE, Sessions, type SessionStore } from '../../../../images/workload/src/luminai/sessions.ts';
import { environment } from '../../../../images/workload/src/roles/luminai-app.ts';

const LIFETIME_MS = 60_000;
const zoe = { visitorId: '01a200e6-b67d-70cb-9b32-e35ddfb703d2', name: 'Zoë' };

describe('sessions', () => {
  let kept: Map<string, string>;
  let lifetimes: unknown[];
  let sessions: Sessions;

  beforeEach(() => {
    kept = new Map();
    lifetimes = [];
    const store = {
      set: (key: string, value: string, _unit: string, ms: number) => {
        lifetimes.push(ms);
        kept.set(key, value);
        return Promise.resolve('OK');
      },
      getex: (key: string, _unit: string, ms: number) => {
        lifetimes.push(ms);
        return Promise.resolve(kept.get(key) ?? null);
      },
      del: (key: string) => Promise.resolve(kept.delete(key) ? 1 : 0),
    };
    sessions = new Sessions(store as unknown as SessionStore, { secret: 'a secret', lifetimeMs: LIFETIME_MS });
  });

  const cookieOf = (header: string): string => header.split(';')[0] ?? '';

  test('are known by a cookie that scripts do not see, and last anew with each request', async () => {
    const header = await sessions.begin(zoe, true);
    expect(header).toMatch(/^luminai_session=[\w-]{32}; Path=\/; Max-Age=60; HttpOnly; SameSite=Lax; Secure$/);
    expect(await sessions.begin(zoe, false)).not.toContain('Secure');
    expect(await sessions.of(`other=1; ${cookieOf(header)}`)).toMatchObject(zoe);
    expect(lifetimes).toEqual([LIFETIME_MS, LIFETIME_MS, LIFETIME_MS]);
  });

  test('stand in Redis under a key that nobody can log in with', async () => {
    const id = cookieOf(await sessions.begin(zoe, true)).slice(COOKIE.length + 1);
    const [key = '', value = ''] = [...kept][0] ?? [];
    expect(key).toMatch(/^session:[\w-]{43}$/);
    expect(key + value).not.toContain(id);
    expect(await sessions.of(`${COOKIE}=${key.slice('session:'.length)}`)).toBeUndefined();
  });

  test.each([undefined, '', 'other=1', `${COOKIE}=`, `${COOKIE}=guess`, `x${COOKIE}=1`])(
    'are none for %j',
    async (cookie) => {
      await sessions.begin(zoe, true);
      expect(await sessions.of(cookie)).toBeUndefined();
    },
  );

  test('end, and take their cookie back', async () => {
    const cookie = cookieOf(await sessions.begin(zoe, true));
    expect(await sessions.end(cookie, true)).toMatch(/^luminai_session=; Path=\/; Max-Age=0; /);
    expect(await sessions.of(cookie)).toBeUndefined();
    expect(kept.size).toBe(0);
  });

  test('are unavailable while Redis is, and say so', async () => {
    const failing = { getex: () => Promise.reject(new Error('connection refused')) };
    const without = new Sessions(failing as unknown as SessionStore, { secret: 's', lifetimeMs: 1 });
    await expect(without.of(`${COOKIE}=x`)).rejects.toMatchObject({
      statusCode: 503,
      message: 'sessions: connection refused',
    });
  });
});

describe('pages', () => {
  const page = {
    ...{ id: zoe.visitorId, title: 'Été <script>', body: 'one & two\n\nthree', author: 'Zoë "Z"' },
    writtenAt: new Date('2026-11-22T00:00:00Z'),
  };

  test('show what was written and nothing that it would do', () => {
    const html = pageHtml(page);
    expect(html).toContain('<h1>Été &#60;script&#62;</h1>\n<p>one &#38; two</p>\n<p>three</p>');
    expect(html).toContain('Zoë &#34;Z&#34;, <time>2026-11-22T00:00:00.000Z</time>');
    expect(html).not.toContain('<script>');
  });

  test('are listed for whoever is logged in, and for nobody', () => {
    expect(listHtml([page], 'A<b>')).toContain('Logged in as A&#60;b&#62;.');
    const list = listHtml([page], undefined);
    expect(list).toContain('Nobody is logged in.');
    expect(list).toContain(`<a href="/pages/${page.id}">Été &#60;script&#62;</a>`);
  });
});

describe('health', () => {
  test('of a store is what it says, or why it says nothing', async () => {
    expect(await lookedAt(() => Promise.resolve({ version: '18' }))).toMatchObject({ status: 'ok', version: '18' });
    expect(await lookedAt(() => Promise.reject(new Error('gone')))).toMatchObject({
      status: 'unhealthy',
      error: 'gone',
    });
  });

  test('of Redis is read from its own report', async () => {
    const info = ['# Memory', 'used_memory:900', 'maxmemory:1000', 'maxmemory_policy:allkeys-lru', 'evicted_keys:3'];
    const redis = {
      info: () => Promise.resolve([...info, 'redis_version:8.0.2', ''].join('\r\n')),
      dbsize: () => Promise.resolve(7),
    };
    expect(await redisFacts(redis as unknown as Parameters<typeof redisFacts>[0])).toEqual({
      ...{ version: '8.0.2', usedBytes: 900, maxBytes: 1000, policy: 'allkeys-lru', evictedKeys: 3, keys: 7 },
    });
  });

  test.each([
    ['*/*', false],
    ['application/json', false],
    [undefined, false],
    ['application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', true],
    ['text/plain', true],
  ])('has metrics for %j in Prometheus’s text: %j', (accept, expected) => {
    expect(wantsPrometheus(accept)).toBe(expected);
  });
});

describe('what the application reads', () => {
  const given = {
    APP_SECRET: 's',
    DATABASE_URL: 'postgresql://u:p@database:5432/d?serverVersion=18',
    REDIS_URL: 'redis://redis',
  };

  test('has sessions with the cache unless they have a Redis of their own', () => {
    expect(environment.parse(given)).toMatchObject({ sessions: undefined, redis: { host: 'redis' } });
    expect(environment.parse({ ...given, SESSION_REDIS_URL: 'redis://:pw@sessions:6379' })).toMatchObject({
      redis: { host: 'redis' },
      sessions: { host: 'sessions', port: 6379, password: 'pw' },
    });
  });

  test('names a wrong address by the variable that has it', () => {
    const { error } = environment.safeParse({ ...given, SESSION_REDIS_URL: 'sessions' });
    expect(error?.issues.map(({ path }) => path)).toEqual([['SESSION_REDIS_URL']]);
  });
});

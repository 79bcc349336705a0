import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execa } from 'execa';
import { z } from 'zod';
import { exits } from '../support/answer.ts';
import { eventually } from '../support/eventually.ts';
import { freePorts } from '../support/free-ports.ts';
import { few, startLoad } from '../support/http-load.ts';
import { TestStack } from '../support/test-stack.ts';
import { makeVariant } from '../support/variant-image.ts';
import { Browser } from './visitor.ts';

/*
 * Luminai with its data in volumes, on ports of the test's own: what its guide promises, and where the guide's own set-up
 * falls down. The tests go through one stack, in order.
 */

jest.setTimeout(120_000);

const DOMAIN = 'luminai.localhost';
const stack = new TestStack('luminai');
const variant = `${stack.name}-workload:2`;
let ports = { http: 0, https: 0 };
let authority = '';
let browser: Browser;
/** Of a page that stays. */
let page = '';

beforeAll(async () => {
  const [http = 0, https = 0] = await freePorts(2);
  ports = { http, https };
  configure({});
});

afterAll(async () => {
  await stack.dispose();
  await stack.docker
    .getImage(variant)
    .remove()
    .catch(() => undefined);
}, 120_000);

function configure(more: Readonly<Record<string, unknown>>): void {
  const { http, https } = ports;
  stack.configure({
    ...{ system: 'luminai', environment: 'dev' },
    ports: { nginx: { http, https }, database: false, redis: false },
    ...more,
  });
}

/** The running container of a service. */
async function containerOf(service: string): Promise<string> {
  const running = (await stack.containers(service)).filter(({ State }) => State === 'running');
  expect(running).toHaveLength(1);
  return running[0]?.Id ?? '';
}

async function inside(service: string, ...command: string[]): Promise<string> {
  return (await execa('docker', ['exec', await containerOf(service), ...command], { env: stack.env })).stdout;
}

describe('up', () => {
  test('brings it up, proven by a visitor, warns of the sessions, and finds nothing more to do', async () => {
    const { all } = exits(await stack.slipway('up', '--yes'), 0);
    expect(all).toMatch(/warning: luminai:services\.app\.keeps\.sessions: "redis" drops any key .*allkeys-lru/);
    expect(all).toContain('accepted: the variant session-store (slipway:variants)');
    expect(all).toMatch(/nginx +finds it without accents/);
    expect(all).toContain(`https://${DOMAIN}:${ports.https}/`);
    exits(await stack.slipway('preview', '--expect-no-changes'), 0);
    const chain = await inside('nginx', 'cat', '/run/secrets/TLS_CERTIFICATE');
    authority = /-----BEGIN(?:(?!-----BEGIN)[\s\S])*$/.exec(chain)?.[0] ?? '';
    browser = new Browser(ports.https, authority, DOMAIN);
  }, 300_000);

  test('runs PostgreSQL 18 with its data where 18 has it, under a password that was made for the stack', async () => {
    const query = "SELECT current_setting('server_version_num')::int / 10000, current_setting('data_directory')";
    const answer = await inside('database', 'psql', '-XAtqc', query, '-U', 'luminai_user', '-d', 'luminai_db');
    expect(answer).toBe('18|/var/lib/postgresql/18/docker');
    const mounts = (await stack.docker.getContainer(await containerOf('database')).inspect()).Mounts;
    expect(mounts.find(({ Destination }) => Destination === '/var/lib/postgresql')?.Name).toContain('postgres-data');
    const password = await inside('database', 'cat', '/run/secrets/POSTGRES_PASSWORD');
    expect(password).toHaveLength(32);
    for (const { Id } of await stack.containers()) {
      const shown = JSON.stringify(await stack.docker.getContainer(Id).inspect());
      expect([Id, shown.includes(password), shown.includes('LuminaiSecure')]).toEqual([Id, false, false]);
    }
  });
});

describe('the way in', () => {
  test.each([DOMAIN, `tenant.${DOMAIN}`, 'localhost'])('has a certificate that a client of %s takes', async (name) => {
    expect(await browser.certificate(name)).toMatchObject({ fits: true });
    expect(await browser.ask('/health', { host: name })).toMatchObject({ status: 200 });
  });

  test('answers below localhost too, with the guide’s wildcard, and shakes hands under no other name', async () => {
    const { certificate } = await browser.certificate('tenant.localhost');
    expect(certificate.subjectaltname?.split(', ').sort()).toEqual([
      ...['DNS:*.localhost', 'DNS:*.luminai.localhost', 'DNS:localhost', 'DNS:luminai.localhost'],
    ]);
    await expect(browser.certificate('other.example')).rejects.toThrow(/unrecognized name/);
  });

  test('sends HTTP on to HTTPS', async () => {
    const sent = await fetch(`http://127.0.0.1:${ports.http}/pages?a=b`, { redirect: 'manual' });
    expect([sent.status, sent.headers.get('location')]).toEqual([301, 'https://127.0.0.1/pages?a=b']);
  });

  test('sets security headers, and nothing that a browser keeps for localhost', async () => {
    const { headers } = await browser.ask('/');
    expect(headers).toMatchObject({
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'content-security-policy': "default-src 'self'",
      'referrer-policy': 'strict-origin-when-cross-origin',
    });
    expect((await browser.ask('/', { host: 'localhost' })).headers['strict-transport-security']).toBe('max-age=0');
  });

  test('shows the health in three forms', async () => {
    const detailed = z.object({ checks: z.object({ database: z.looseObject({}), redis: z.looseObject({}) }) });
    const { checks } = detailed.parse(JSON.parse((await browser.ask('/health/detailed')).body));
    expect(checks.database).toMatchObject({ status: 'ok', extensions: ['plpgsql', 'unaccent', 'uuid-ossp'] });
    expect(checks.redis).toMatchObject({ status: 'ok', policy: 'allkeys-lru', maxBytes: 256 * 2 ** 20 });
    expect(JSON.parse((await browser.ask('/health/metrics')).body)).toMatchObject({ service: 'luminai-app' });
    const { body } = await browser.ask('/health/metrics', { headers: { accept: 'text/plain;version=0.0.4' } });
    expect(body).toMatch(/^luminai_logins_total\{.*\} [1-9]/m);
  });
});

describe('a visitor', () => {
  test('logs in, and writes a page under a key of the time', async () => {
    const { headers } = await browser.ask('/login', { method: 'POST', body: { name: 'Zoë' } });
    expect(headers['set-cookie']?.[0]).toMatch(/; HttpOnly; SameSite=Lax; Secure$/);
    const written = await browser.ask('/pages', { method: 'POST', body: { title: 'Été <3', body: 'Dès Noël' } });
    page = z.object({ id: z.uuidv7() }).parse(JSON.parse(written.body)).id;
    expect((await browser.ask(`/pages/${page}`)).body).toContain('<h1>Été &#60;3</h1>');
    expect((await browser.ask(`/pages/${page}`)).headers['x-cache']).toBe('hit');
    expect((await browser.ask('/search?q=NOEL')).body).toContain(page);
  });
});

describe('a Redis that is restarted', () => {
  test('has what it held, and the application has it back', async () => {
    exits(await stack.slipway('restart', 'redis'), 0);
    await eventually(async () => {
      expect(await browser.ask('/me')).toMatchObject({ status: 200, body: expect.stringContaining('Zoë') as unknown });
    });
    expect((await browser.ask(`/pages/${page}`)).status).toBe(200);
  });

  test('that has dropped everything has cost the session and nothing of the pages', async () => {
    const flush = 'REDISCLI_AUTH="$(cat /run/secrets/HEALTHCHECK_PASSWORD)" redis-cli FLUSHALL';
    expect(await inside('redis', 'sh', '-c', flush)).toBe('OK');
    expect((await browser.ask('/me')).status).toBe(401);
    expect((await browser.ask(`/pages/${page}`)).headers['x-cache']).toBe('miss');
  });
});

describe('a rebuild of the application', () => {
  test('loses no request, and the new one is found without a restart of nginx: the guide’s answers 502', async () => {
    const [app, nginx] = [await containerOf('app'), await containerOf('nginx')];
    const { Config } = await stack.docker.getContainer(app).inspect();
    await makeVariant(stack.docker, Config.Image, variant);
    await browser.ask('/login', { method: 'POST', body: { name: 'Zoë' } });
    const origin = `https://127.0.0.1:${ports.https}`;
    const load = startLoad(origin, { kinds: few('/echo'), tls: { ca: authority, servername: DOMAIN } });
    const stopping = new AbortController();
    const reading = readOn(stopping.signal);
    configure({ images: { workload: { reference: variant, uid: 1000, gid: 1000 } } });
    exits(await stack.slipway('up', '--yes'), 0);
    expect(await containerOf('nginx')).toBe(nginx);
    expect(await containerOf('app')).not.toBe(app);
    await sleep(500);
    stopping.abort();
    await load.stop();
    const tallies = load.take();
    expect(tallies.size).toBe(4);
    for (const [kind, { requests, failures }] of tallies) {
      expect([kind, failures]).toEqual([kind, {}]);
      expect(requests).toBeGreaterThan(2);
    }
    const { answered, failed } = await reading;
    expect(failed).toEqual([]);
    expect(answered).toBeGreaterThan(20);
  }, 240_000);
});

/** Reads the page and asks who is logged in, one after the other, until told to stop. */
async function readOn(stopping: AbortSignal): Promise<{ answered: number; failed: string[] }> {
  const failed: string[] = [];
  let answered = 0;
  while (!stopping.aborted) {
    for (const [path, content] of [
      [`/pages/${page}`, 'Dès Noël'],
      ['/me', 'Zoë'],
    ] as const) {
      try {
        const { status, body } = await browser.ask(path);
        if (status === 200 && body.includes(content)) answered++;
        else failed.push(`${path}: ${status} ${body.slice(0, 80)}`);
      } catch (error) {
        failed.push(`${path}: ${String(error)}`);
      }
    }
    await sleep(20);
  }
  return { answered, failed };
}

describe('sessions in a Redis of their own', () => {
  test('survive what the cache drops, and nobody is warned', async () => {
    configure({
      images: { workload: { reference: variant, uid: 1000, gid: 1000 } },
      variants: ['session-store'],
    });
    const { all } = exits(await stack.slipway('up', '--yes'), 0);
    expect(all).not.toContain('keeps.sessions');
    await browser.ask('/login', { method: 'POST', body: { name: 'Zoë' } });
    const flush = 'REDISCLI_AUTH="$(cat /run/secrets/HEALTHCHECK_PASSWORD)" redis-cli FLUSHALL';
    expect(await inside('redis', 'sh', '-c', flush)).toBe('OK');
    expect((await browser.ask('/me')).status).toBe(200);
  }, 180_000);
});

describe('down', () => {
  test('keeps the data, and an up over data of PostgreSQL 17 is refused with what to do', async () => {
    exits(await stack.slipway('down', '--yes'), 0);
    expect((await stack.containers()).length).toBe(0);
    const volume = (await stack.volumes()).find(({ Name }) => Name.includes('postgres-data'))?.Name ?? '';
    const old = 'echo 17 > /volume/18/docker/PG_VERSION';
    const args = ['run', '--rm', '-v', `${volume}:/volume`, '--user', '0', '--entrypoint', 'sh', variant, '-c', old];
    await execa('docker', args, { env: stack.env });
    const { all, exitCode } = await stack.slipway('up', '--yes');
    expect([exitCode, all]).toEqual([1, expect.stringContaining('is of PostgreSQL 17, and the image brings 18')]);
    expect(all).toContain('pg_dumpall');
  }, 180_000);

  test('with its volumes leaves nothing behind', async () => {
    exits(await stack.slipway('down', '--volumes', '--yes'), 0);
    const left = [await stack.containers(), await stack.networks(), await stack.volumes()];
    expect(left).toEqual([[], [], []]);
  });
});

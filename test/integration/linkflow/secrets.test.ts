import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import { execa } from 'execa';
import { z } from 'zod';
import { exits } from '../support/answer.ts';
import { TestStack } from '../support/test-stack.ts';
import { coreSettings } from './core-settings.ts';

/*
 * Secrets through the life of a stack of LinkFlow's core: listed, pinned, set, and a password that changes.
 */

const stack = new TestStack('secrets');
let api: string;

beforeAll(async () => {
  const core = await coreSettings();
  api = core.api;
  stack.configure(core.settings);
});

afterAll(async () => {
  await stack.dispose();
}, 120_000);

const configuration = (): string => readFileSync(stack.configFile, 'utf8');
const reveal = async (name: string): Promise<string> => (await stack.secrets(['get', name, '--reveal'])).stdout;
const Listed = z.object({ secrets: z.array(z.looseObject({ name: z.string(), made: z.string().nullable() })) });

async function ids(): Promise<string[]> {
  return (await stack.containers()).map(({ Id }) => Id).sort();
}

/** What a login from a container that is not the database's own says. */
async function login(password: string): Promise<{ exitCode: number | undefined; all: string }> {
  const [database] = await stack.containers('postgres');
  const network = Object.keys(database?.NetworkSettings.Networks ?? {})[0] ?? '';
  const address = database?.NetworkSettings.Networks[network]?.IPAddress ?? '';
  const psql = ['psql', '-XAtqw', '-c', 'SELECT current_user', `host=${address} user=linkflow dbname=linkflow`];
  const args = ['run', '--rm', '--network', network, '-e', 'PGPASSWORD', database?.ImageID ?? '', ...psql];
  const { exitCode, all } = await execa('docker', args, { env: { PGPASSWORD: password }, reject: false, all: true });
  return { exitCode, all };
}

/** When the password of the database's role was last set, in ms since 1970. */
async function roleSetAt(): Promise<number> {
  const resource = z.looseObject({ type: z.string(), modified: z.string().optional() });
  const state = z.object({ deployment: z.looseObject({ resources: z.array(resource) }) });
  const { resources } = state.parse(JSON.parse((await stack.pulumi('stack', 'export')).stdout)).deployment;
  return Date.parse(resources.find(({ type }) => type === 'slipway:index:PostgresRole')?.modified ?? '');
}

/** When the first replica of a service was started, in ms since 1970. */
async function startedAt(service: string): Promise<number> {
  const [container] = await stack.containers(service);
  return Date.parse((await stack.docker.getContainer(container?.Id ?? '').inspect()).State.StartedAt);
}

async function fileOf(service: string, name: string): Promise<string> {
  const args = ['exec', (await stack.containers(service))[0]?.Id ?? '', 'cat', `/run/secrets/${name}`];
  return (await execa('docker', args, { stripFinalNewline: false })).stdout;
}

describe('before the first up', () => {
  test('secrets are listed, with no age', async () => {
    const listed = await stack.secrets(['list', '--json']);
    exits(listed, 0);
    const { secrets } = Listed.parse(JSON.parse(listed.stdout));
    expect(secrets.map(({ name }) => name)).toContain('MAIL_PASSWORD');
    expect(secrets.every(({ made }) => made === null)).toBe(true);
  });

  test('none has a value that could be shown or pinned', async () => {
    expect(await stack.secrets(['get', 'APP_KEY', '--reveal'])).toMatchObject({ exitCode: 1, stdout: '' });
    exits(await stack.secrets(['pin']), 1);
  });

  test('one can be set, and only what fits is written, only under the right passphrase', async () => {
    exits(await stack.secrets(['set', 'MAIL_PASSWORD'], 'of the mail server\n'), 0);
    const before = configuration();
    expect(before).toContain('secure:');
    exits(await stack.secrets(['set', 'MAIL_PASSWORD'], 'short'), 2);
    exits(await stack.secrets(['set', 'POSTGRES_PASSWORD'], 'two\nlines\n'), 2);
    const wrong = await stack.secrets(['set', 'JWT_SECRET'], Buffer.alloc(32).toString('base64'), {
      PULUMI_CONFIG_PASSPHRASE: 'another',
    });
    exits(wrong, 3);
    expect(wrong.stderr).toContain('passphrase');
    expect(configuration()).toBe(before);
    expect(await reveal('MAIL_PASSWORD')).toBe('of the mail server\n');
  }, 30_000);
});

describe('what was set past the command', () => {
  test('is refused with all that is wrong about it, before anything is touched', async () => {
    await stack.pulumi('config', 'set', '--secret', 'secrets:JWT_SECRET', 'n0t base64 at all');
    await stack.pulumi('config', 'set', '--secret', 'secrets:REDIS_PASSWORD', '1234567');
    const up = await stack.slipway('up', '--skip-smoke');
    exits(up, 1);
    expect(up.all).toContain('secrets:JWT_SECRET: is not in base64');
    expect(up.all).toContain('secrets:REDIS_PASSWORD: is too short');
    expect(up.all).not.toMatch(/n0t base64|1234567/);
    expect(await stack.containers()).toEqual([]);
    await stack.pulumi('config', 'rm', 'secrets:JWT_SECRET');
    await stack.pulumi('config', 'rm', 'secrets:REDIS_PASSWORD');
  }, 60_000);
});

describe('a stack that is up', () => {
  test('has generated what was not set, and tells how old it is', async () => {
    exits(await stack.slipway('up', '--skip-smoke'), 0);
    const { secrets } = Listed.parse(JSON.parse((await stack.secrets(['list', '--json'])).stdout));
    expect(Date.now() - Date.parse(secrets.find(({ name }) => name === 'APP_KEY')?.made ?? '')).toBeLessThan(300_000);
    const password = (await reveal('POSTGRES_PASSWORD')).trimEnd();
    expect(await fileOf('api', 'DB_PASSWORD')).toBe(password);
    expect((await reveal('DATABASE_URL')).trimEnd()).toContain(`:${password}@postgres:5432/`);
    expect(await fileOf('api', 'MAIL_PASSWORD')).toBe('of the mail server');
  }, 300_000);

  test('runs on unchanged once what it has generated is pinned', async () => {
    const [before, values] = [await ids(), await Promise.all(['APP_KEY', 'REDIS_PASSWORD'].map(reveal))];
    const pinned = await stack.secrets(['pin']);
    exits(pinned, 0);
    expect(pinned.stderr).toContain('set already, and left alone: MAIL_PASSWORD');
    for (const value of values) expect(pinned.all + configuration()).not.toContain(value.trimEnd());
    exits(await stack.slipway('preview', '--expect-no-changes'), 0);
    exits(await stack.slipway('up', '--skip-smoke'), 0);
    expect(await ids()).toEqual(before);
    expect(await Promise.all(['APP_KEY', 'REDIS_PASSWORD'].map(reveal))).toEqual(values);
  }, 90_000);
});

describe('a database password that changes', () => {
  // Whatever may stand in one, up to 4 KiB of it.
  const special = `$ ' " \\ % @ : / # \${HOME} ${'x'.repeat(4096)}`.slice(0, 4096);
  const another = `of redis: $ ' " \\ % @ : / #`;
  let redis: Docker.ContainerInfo | undefined;
  let replaced: string;

  test('is that of the database before its callers roll, who then work with the data that was there', async () => {
    const old = (await reveal('POSTGRES_PASSWORD')).trimEnd();
    replaced = (await reveal('REDIS_PASSWORD')).trimEnd();
    const started = await fetch(`${api}/executions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input: { message: 'remember me' } }),
    });
    const { id } = z.looseObject({ id: z.string() }).parse(await started.json());

    const set = await stack.secrets(['set', 'POSTGRES_PASSWORD'], special);
    exits(set, 0);
    expect(set.stderr).toContain('slipway up');
    exits(await stack.secrets(['set', 'REDIS_PASSWORD'], another), 0);
    [redis] = await stack.containers('redis');
    exits(await stack.slipway('up'), 0);
    expect(await login(special)).toMatchObject({ exitCode: 0, all: 'linkflow' });
    expect((await login(old)).all).toContain('password authentication failed');
    const callers = ['migrate', 'api', 'history', 'worker'];
    const starts = await Promise.all(callers.map(startedAt));
    expect(Math.min(...starts)).toBeGreaterThan(await roleSetAt());
    expect((await fetch(`${api}/executions/${id}`)).status).toBe(200);
    exits(await stack.slipway('status'), 0);
    exits(await stack.slipway('preview', '--expect-no-changes'), 0);
  }, 300_000);

  test('is taken up by Redis as it runs, with its connections', async () => {
    const [now] = await stack.containers('redis');
    expect([now?.Id, now?.Created]).toEqual([redis?.Id, redis?.Created]);
    const ping = async (password: string) => {
      const args = ['exec', '-e', 'REDISCLI_AUTH', now?.Id ?? '', 'redis-cli', 'ping'];
      return (await execa('docker', args, { env: { REDISCLI_AUTH: password }, all: true })).all;
    };
    expect(await ping(another)).toBe('PONG');
    expect(await ping(replaced)).toContain('NOAUTH');
    expect((await stack.docker.getContainer(now?.Id ?? '').inspect()).RestartCount).toBe(0);
  });

  test('arrives byte for byte in files, and encoded once in URLs', async () => {
    expect(await fileOf('api', 'DB_PASSWORD')).toBe(special);
    const url = await fileOf('frontend', 'DATABASE_URL');
    const [, encoded = ''] = /^postgres:\/\/linkflow:([^@:/#]*)@postgres:5432\/linkflow\?/.exec(url) ?? [];
    expect(decodeURIComponent(encoded)).toBe(special);
    expect(await reveal('POSTGRES_PASSWORD')).toBe(`${special}\n`);
  });
});

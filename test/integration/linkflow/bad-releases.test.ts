import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import { LABELS } from '../../../engine/labels.ts';
import { exits } from '../support/answer.ts';
import { eventually } from '../support/eventually.ts';
import { freePorts } from '../support/free-ports.ts';
import { FEW, startLoad, type Load } from '../support/http-load.ts';
import { TestStack, type Settings } from '../support/test-stack.ts';

/*
 * Releases that must harm nobody: each is tried under load, fails, says why and what now runs, and leaves what ran before
 * as it was, the second time too; a mended one then goes through.
 */

const stack = new TestStack('bad-release');
let good: Settings;
let load: Load;
let before: string[];
/** What there is of the stack when all is well. */
let clean: number[];

type Service = Readonly<Record<string, unknown>>;

/** The stack as it is when all is well, with one service changed. */
function changed(name: string, service: Service, more: Settings = {}): Settings {
  const services = good['services'] as Readonly<Record<string, Service>>;
  return { ...good, services: { ...services, [name]: { ...services[name], ...service } }, ...more };
}

beforeAll(async () => {
  const [proxy = 0] = await freePorts(1);
  good = {
    ...{ system: 'linkflow', environment: 'dev', profiles: ['migrate', 'production'] },
    ports: {
      nginx: { http: proxy },
      api: false,
      frontend: { http: false, grpc: false },
      postgres: false,
      redis: false,
    },
    services: { api: { replicas: 2, env: { HEARTBEAT: '1' } } },
  };
  stack.configure(good);
  exits(await stack.slipway('up', '--skip-smoke'), 0);
  before = await running();
  clean = await left();
  load = startLoad(`http://127.0.0.1:${proxy}`, { kinds: FEW });
}, 300_000);

afterAll(async () => {
  await load.stop();
  await stack.dispose();
}, 120_000);

/** Every container of a service that runs, with what would show that it had been restarted. */
async function running(): Promise<string[]> {
  const found = await services();
  return found
    .filter(({ State }) => State.Running)
    .map(({ Id, RestartCount, State }) => `${Id} ${RestartCount} ${State.StartedAt}`)
    .sort();
}

async function services(): Promise<Docker.ContainerInspectInfo[]> {
  const found = (await stack.containers()).filter(({ Labels }) => Labels[LABELS.kind] === 'service');
  return Promise.all(found.map(({ Id }) => stack.docker.getContainer(Id).inspect()));
}

/** What a failing release leaves: containers of any kind, networks, volumes. */
async function left(): Promise<number[]> {
  return [(await stack.containers()).length, (await stack.networks()).length, (await stack.volumes()).length];
}

/** Failures of requests since the last time, by kind. */
function failures(): object {
  const taken = [...load.take()];
  expect(taken.reduce((sum, [, { requests }]) => sum + requests, 0)).toBeGreaterThan(0);
  return Object.fromEntries(taken.filter(([, tally]) => Object.keys(tally.failures).length > 0));
}

/** Kills a container's first process as a crash would, from outside, once its first health check was good. */
async function crashOnceHealthy(service: string, old: readonly string[]): Promise<void> {
  const candidate = await eventually(async () => {
    const found = (await stack.containers(service)).find(({ Id, State }) => State === 'running' && !old.includes(Id));
    const info = await stack.docker.getContainer(found?.Id ?? 'none').inspect();
    expect(info.State.Health?.Status).toBe('healthy');
    return info;
  });
  process.kill(candidate.State.Pid, 'SIGKILL');
}

interface Bad {
  readonly settings: () => Settings;
  /** Of the command. */
  readonly code: number;
  /** What the report says of service and cause. */
  readonly says: readonly RegExp[];
  /** Whether it is tried again, which leaves no more behind than the first time. */
  readonly again?: boolean;
  /** Done while it goes on. */
  readonly meanwhile?: (old: readonly string[]) => Promise<void>;
}

const gone = 'The container before it was not touched';

const BAD: Readonly<Record<string, Bad>> = {
  'crashes at start': {
    again: true,
    settings: () => changed('api', { env: { HTTP_PORT: 'none' } }),
    code: 1,
    says: [/api \(replica 1\).* did not get healthy: it exited with code \d+/, /HTTP_PORT must be a/, RegExp(gone)],
  },
  'is never healthy': {
    settings: () => changed('api', { env: { DB_HOST: 'nobody' }, rollout: { healthTimeout: '15s' } }),
    code: 1,
    says: [
      /api \(replica 1\).* did not get healthy: it took longer than 15\.0 s; the last probe ended with code 1/,
      RegExp(gone),
    ],
  },
  'is healthy, then fails': {
    settings: () => changed('api', { env: { RELEASE: 'dies' } }),
    code: 1,
    says: [/it was healthy for \d\.\d s only: it exited with code 137/, RegExp(gone)],
    meanwhile: (old) => crashOnceHealthy('api', old),
  },
  'has an image that is missing': {
    settings: () => changed('api', { image: 'slipway-test/no-such-image:1' }),
    code: 2,
    says: [/slipway-test\/no-such-image:1/, /nothing was touched/],
  },
  'has a migration that fails': {
    settings: () => changed('migrate', { env: { LOG_LEVEL: 'none' } }),
    code: 1,
    says: [/migrate \(job\).* failed: it ended with code 78/, /Whatever waits for it was not touched/],
  },
  'has a wrong command': {
    again: true,
    settings: () => changed('api', { image: 'nginx' }),
    code: 1,
    says: [/api(?: \(replica 1\))?.*(?:exited with code 127|not found)/s],
  },
  'runs out of memory': {
    settings: () => changed('api', { memory: '12m', env: { RELEASE: 'small' } }),
    code: 1,
    says: [/it exited with code 137, killed (?:by SIGKILL, most likely )?for lack of memory/, RegExp(gone)],
  },
  'wants a port that somebody has': {
    settings: () => changed('api', {}, { ports: { ...(good['ports'] as object), postgres: portOfProxy() } }),
    code: 2,
    says: [/nginx|published/, /nothing was touched/],
  },
};

function portOfProxy(): number {
  return (good['ports'] as { nginx: { http: number } }).nginx.http;
}

async function tryOut({ settings, code, says, meanwhile }: Bad): Promise<void> {
  stack.configure(settings());
  load.take();
  const ids = before.map((line) => line.split(' ')[0] ?? '');
  const [up] = await Promise.all([stack.slipway('up', '--skip-smoke'), meanwhile?.(ids)]);
  exits(up, code);
  for (const each of says) expect(up.all).toMatch(each);
  expect(await running()).toEqual(before);
  expect(failures()).toEqual({});
  // What failed last is kept to be looked into, and nothing beside it.
  const stopped = (await stack.containers('api')).filter(({ State }) => State !== 'running');
  const replicas = stopped.map(({ Labels }) => Labels[LABELS.replica]);
  expect(replicas).toEqual([...new Set(replicas)]);
}

describe('a release that', () => {
  test.each(Object.entries(BAD))(
    '%s',
    async (_, bad) => {
      await tryOut(bad);
      if (bad.again !== true) return;
      const found = await left();
      await tryOut(bad);
      expect(await left()).toEqual(found);
    },
    240_000,
  );
});

describe('after all of them', () => {
  test('a good release goes through without a hand lent, and nothing of the bad ones is left', async () => {
    const [containers = 0, networks, volumes] = clean;
    // A connection to a service that is not released goes on through the proxy's reloads.
    const socket = new WebSocket(`ws://127.0.0.1:${portOfProxy()}/engine/live`);
    let messages = 0;
    socket.addEventListener('message', () => messages++);
    await eventually(() => {
      expect(messages).toBeGreaterThan(0);
    });
    stack.configure(changed('api', { env: { RELEASE: 'good' } }));
    exits(await stack.slipway('up', '--skip-smoke'), 0);
    expect(failures()).toEqual({});
    const heard = messages;
    await eventually(() => {
      expect(messages).toBeGreaterThan(heard);
    });
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.close();
    const now = await services();
    expect(now.filter(({ State }) => !State.Running)).toEqual([]);
    expect(now).toHaveLength(before.length);
    expect(await left()).toEqual([containers, networks, volumes]);
    exits(await stack.slipway('preview', '--expect-no-changes'), 0);
  }, 180_000);
});

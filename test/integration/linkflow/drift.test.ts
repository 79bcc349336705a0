import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { ContainerCreateOptions, ContainerInspectInfo } from 'dockerode';
import { z } from 'zod';
import { exits } from '../support/answer.ts';
import { freePorts } from '../support/free-ports.ts';
import { TestStack } from '../support/test-stack.ts';
import { coreSettings } from './core-settings.ts';

/*
 * What people change by hand on a host: each change is seeded, found by `drift` by its name, and put right by one `up`.
 */

jest.setTimeout(600_000);

const stack = new TestStack('drift');
const ONLY = ['--only', 'nginx,queue,timer,visibility,worker,edge'];

const Report = z.strictObject({
  system: z.string(),
  environment: z.string(),
  stack: z.string(),
  drift: z.array(
    z.strictObject({
      service: z.string().nullable(),
      kind: z.string(),
      name: z.string(),
      field: z.string(),
      expected: z.string(),
      found: z.string(),
      remedy: z.string(),
    }),
  ),
  left: z.array(z.strictObject({ kind: z.string(), name: z.string(), why: z.string() })),
});
type Report = z.infer<typeof Report>;

beforeAll(async () => {
  const [{ settings }, [http]] = await Promise.all([coreSettings(), freePorts(1)]);
  const ports = { ...(settings['ports'] as object), nginx: { http } };
  stack.configure({ ...settings, profiles: ['migrate', 'production', 'edge'], ports });
  exits(await stack.slipway('up', ...ONLY, '--skip-smoke'), 0);
});

afterAll(async () => {
  await stack.dispose();
}, 120_000);

async function drift(code: number): Promise<Report> {
  return Report.parse(JSON.parse(exits(await stack.slipway('drift', '--json'), code).stdout));
}

async function inspected(service: string): Promise<ContainerInspectInfo> {
  const [found] = (await stack.containers(service)).filter(({ Labels }) => Labels['slipway.kind'] === 'service');
  return stack.docker.getContainer(found?.Id ?? '').inspect();
}

async function container(service: string): Promise<ReturnType<typeof stack.docker.getContainer>> {
  return stack.docker.getContainer((await inspected(service)).Id);
}

/** The same container again, under its name, but for what `edit` changes. */
async function recreate(
  service: string,
  edit: (options: ContainerCreateOptions) => ContainerCreateOptions,
): Promise<void> {
  const { Id, Name, Config, HostConfig, NetworkSettings } = await inspected(service);
  await stack.docker.getContainer(Id).remove({ force: true });
  const [first = 'bridge'] = Object.keys(NetworkSettings.Networks);
  const { Env, Labels, Image, Cmd, Entrypoint, User } = Config;
  const options = { name: Name.slice(1), Env, Labels, Image, Cmd, Entrypoint: Entrypoint as string[], User };
  await stack.docker.createContainer(edit({ ...options, HostConfig: { ...HostConfig, NetworkMode: first } }));
}

/** The volume of a name that starts so; the stack has only one. */
async function volume(start: string): Promise<string> {
  const found = (await stack.volumes()).find(({ Name }) => Name.startsWith(`linkflow-${stack.name}-${start}-`));
  return found?.Name ?? '';
}

async function network(start: string): Promise<string> {
  const found = (await stack.networks()).find(({ Name }) => Name.startsWith(`linkflow-${stack.name}-${start}-`));
  return found?.Name ?? '';
}

/** Runs a shell command of root's with a volume at /v. */
async function inVolume(start: string, command: string): Promise<void> {
  const image = (await inspected('postgres')).Image;
  const options = {
    Entrypoint: ['sh'],
    User: '0',
    HostConfig: { AutoRemove: true, Binds: [`${await volume(start)}:/v`] },
  };
  const [{ StatusCode }] = (await stack.docker.run(image, ['-ec', command], process.stderr, options)) as [
    { StatusCode: number },
  ];
  expect(StatusCode).toBe(0);
}

/** What is done by hand, and the field by which it is found, of which object of which service. */
const SEEDS: readonly (readonly [
  title: string,
  seed: () => Promise<unknown>,
  found: Partial<Report['drift'][number]>,
])[] = [
  [
    'a container stopped',
    async () => {
      await (await container('timer')).stop({ t: 0 });
    },
    { service: 'timer', field: 'state', found: 'exited' },
  ],
  [
    'a container paused',
    async () => {
      await (await container('queue')).pause();
    },
    { service: 'queue', field: 'state', found: 'paused' },
  ],
  [
    'a container removed',
    async () => {
      await (await container('edge')).remove({ force: true });
    },
    { service: 'edge', field: 'container', found: 'gone' },
  ],
  [
    'a volume with its files gone',
    async () => {
      await stack.docker.getVolume(await volume('edge-secrets')).remove();
    },
    { service: 'edge', kind: 'volume', field: 'volume with files', found: 'gone' },
  ],
  [
    'a container renamed',
    async () => {
      await (await container('api')).rename({ name: `${stack.name}-renamed` });
    },
    { service: 'api', field: 'name', found: `${stack.name}-renamed` },
  ],
  [
    'a limit of memory',
    async () => {
      await (await container('api')).update({ Memory: 2 ** 29, MemorySwap: 2 ** 30 });
    },
    { service: 'api', field: 'memory limit', expected: 'none', found: '512 MiB' },
  ],
  [
    'a restart policy',
    async () => {
      await (await container('redis')).update({ RestartPolicy: { Name: 'no' } });
    },
    { service: 'redis', field: 'restart policy', expected: 'unless-stopped', found: 'no' },
  ],
  [
    'a limit of processes',
    async () => {
      await (await container('redis')).update({ PidsLimit: 99 });
    },
    { service: 'redis', field: 'limit of processes', expected: '512', found: '99' },
  ],
  [
    'shares of the CPU',
    async () => {
      await (await container('postgres')).update({ CpuShares: 512 });
    },
    { service: 'postgres', field: 'CPU shares', found: '512' },
  ],
  [
    'a container off a network of the stack',
    async () => {
      await stack.docker.getNetwork(await network('home')).disconnect({ Container: (await inspected('nginx')).Id });
    },
    { service: 'nginx', found: 'off it' },
  ],
  [
    'a container on a network of somebody else',
    async () => {
      await stack.docker.getNetwork('bridge').connect({ Container: (await inspected('nginx')).Id });
    },
    { service: 'nginx', field: 'network bridge', found: 'on it' },
  ],
  [
    'a container out of reach of its callers',
    async () => {
      const { Id } = await inspected('matching');
      await stack.docker.getNetwork(await network('door-matching')).disconnect({ Container: Id });
    },
    { service: 'matching', found: 'off it' },
  ],
  [
    'a network gone',
    async () => {
      const door = stack.docker.getNetwork(await network('door-history'));
      const { Containers } = (await door.inspect()) as { Containers: Record<string, unknown> };
      await Promise.all(Object.keys(Containers).map((id) => door.disconnect({ Container: id, Force: true })));
      await door.remove();
    },
    { kind: 'network', field: 'network', found: 'gone' },
  ],
  [
    'another environment',
    () => recreate('history', (options) => ({ ...options, Env: [...(options.Env ?? []), 'SEEDED=very-secret'] })),
    { service: 'history', field: 'environment SEEDED', expected: 'not set', found: 'set' },
  ],
  [
    'other labels',
    () => recreate('frontend', (options) => ({ ...options, Labels: { ...options.Labels, 'slipway.replica': '7' } })),
    { service: 'frontend', field: 'label slipway.replica', expected: '1', found: '7' },
  ],
  [
    'other mounts',
    () => recreate('worker', (options) => ({ ...options, HostConfig: { ...options.HostConfig, Binds: [] } })),
    { service: 'worker', field: 'mount /run/secrets', found: 'none' },
  ],
  [
    'another image',
    async () => {
      const { Image } = await inspected('redis');
      await recreate('visibility', (options) => ({ ...options, Image }));
    },
    { service: 'visibility', field: 'image' },
  ],
  [
    'a secret file with another content',
    () => inVolume('api-secrets', 'echo very-secret > /v/APP_KEY'),
    { service: 'api', kind: 'file', field: 'content', found: 'changed' },
  ],
  [
    'a secret file that everybody may read',
    () => inVolume('postgres-secrets', 'chmod 444 /v/POSTGRES_PASSWORD'),
    { service: 'postgres', kind: 'file', field: 'mode', expected: '0400', found: '0444' },
  ],
  [
    "nginx's configuration",
    () => inVolume('nginx-proxy', "sed -i 's/50m/51m/' /v/nginx.conf"),
    { service: 'nginx', kind: 'file', field: 'content', found: 'changed' },
  ],
  [
    "nginx's routes",
    () => inVolume('nginx-lists', "sed -i 's/server .*:8080/server nobody:8080/' /v/frontend.conf"),
    { service: 'frontend', kind: 'list', field: 'routes', found: 'changed' },
  ],
  [
    'a container that only looks like one of the stack',
    async () => {
      const { Image, Config } = await inspected('postgres');
      const Labels = { ...Config.Labels, 'slipway.service': 'stranger' };
      await stack.docker.createContainer({ name: `${stack.name}-stranger`, Image, Labels });
    },
    { service: 'stranger', field: 'stray' },
  ],
];

test('a stack that was just brought up has none', async () => {
  expect(await drift(0)).toMatchObject({ stack: stack.name, drift: [], left: [] });
});

describe('of all that is changed by hand', () => {
  let report: Report;

  // One look at all of it: what is changed stays so until then.
  beforeAll(async () => {
    for (const [, seed] of SEEDS) await seed();
    report = await drift(2);
  });

  test.each(SEEDS)('%s is found', (_title, _seed, found) => {
    expect(report.drift).toContainEqual(expect.objectContaining(found));
  });

  test('nothing secret is told', () => {
    expect(JSON.stringify(report)).not.toContain('very-secret');
  });
});

test('one up puts all of it right', async () => {
  const preview = exits(await stack.slipway('preview', ...ONLY), 0);
  expect(preview.all).toContain('container linkflow-');
  exits(await stack.slipway('up', ...ONLY, '--skip-smoke'), 0);
  expect(await drift(0)).toMatchObject({ drift: [] });
  exits(await stack.slipway('preview', ...ONLY, '--expect-no-changes'), 0);
});

test('a volume with data that is gone stays so until somebody says that it may start empty', async () => {
  const data = await volume('redis-data');
  await (await container('redis')).remove({ force: true });
  await stack.docker.getVolume(data).remove();
  expect((await drift(2)).drift).toContainEqual(
    expect.objectContaining({ service: 'redis', name: data, field: 'volume with data', found: 'gone', remedy: 'ask' }),
  );
  const refused = exits(await stack.slipway('up', ...ONLY, '--skip-smoke'), 1);
  expect(refused.all).toContain(`DATA IS GONE: the volume ${data} of redis`);
  expect(refused.all).toContain('nothing was touched');
  exits(await stack.slipway('up', ...ONLY, '--skip-smoke', '--new-volumes', 'postgres-data'), 2);
  expect((await stack.containers('redis')).length).toBe(0);
  exits(await stack.slipway('up', ...ONLY, '--skip-smoke', '--new-volumes', 'redis-data'), 0);
  expect(await drift(0)).toMatchObject({ drift: [] });
});

test('what hinders the comparison is told by exit code 1, never by that of drift', async () => {
  exits(await stack.slipway('drift', '--bogus'), 1);
  exits(await stack.slipwayAs({ DOCKER_HOST: 'unix:///nowhere.sock' }, 'drift'), 1);
});

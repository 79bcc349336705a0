import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ref, secret, type Described } from './support/described.ts';
import { changing } from './support/effects.ts';
import { testedPlugin } from './support/plugins.ts';
import { ConformanceStack } from './support/stack.ts';

jest.setTimeout(120_000);

const stack = new ConformanceStack([testedPlugin('docker'), testedPlugin('random')]);

const IMAGE = 'debian:trixie-slim';
const volume: Described = { type: 'Volume', name: 'volume', args: {} };
const NETWORKS: readonly Described[] = [
  { type: 'Network', name: 'home', args: { internal: true } },
  { type: 'Network', name: 'egress', args: {} },
];

function container(name: string, args: Record<string, unknown>, options?: Described['options']): Described {
  return { type: 'Container', name, args: { image: IMAGE, ...args }, ...(options && { options }) };
}

/** Writes down what ended it. */
const told = (file: string) => [
  'sh',
  '-c',
  `trap 'sleep 0.5; echo asked > /data/${file}; exit 0' TERM; touch /data/${file}.ready; while :; do sleep 0.05; done`,
];
const onVolume = [{ volumeName: ref('volume', 'name'), containerPath: '/data' }];

async function inspect(name: string) {
  const id = (await stack.state()).get(name)?.id ?? '';
  return stack.docker.getContainer(id).inspect();
}

beforeAll(() => stack.init());
afterAll(() => stack.dispose());

describe('a container that runs', () => {
  const resources = [
    ...NETWORKS,
    volume,
    container('server', {
      command: ['sleep', '600'],
      networksAdvanced: [{ name: ref('home', 'name'), aliases: ['server', 'also'] }, { name: ref('egress', 'id') }],
      ports: [{ internal: 8080, ip: '127.0.0.1' }],
      envs: ['PLAIN=1', secret('TOKEN=hidden')],
      healthcheck: { tests: ['CMD', 'true'], interval: '1s', startInterval: '100ms', startPeriod: '5s', retries: 3 },
      wait: true,
      restart: 'unless-stopped',
    }),
    container('graceful', { command: told('graceful'), volumes: onVolume, destroyGraceSeconds: 10 }),
    container('killed', { command: told('killed'), volumes: onVolume }),
  ];

  beforeAll(() => stack.up(resources));

  test('is on its networks alone, under its aliases, healthy, its port published', async () => {
    const { NetworkSettings, State, HostConfig } = await inspect('server');
    const state = await stack.state();
    const [home, egress] = ['home', 'egress'].map((name) => String(state.get(name)?.outputs['name']));
    expect(Object.keys(NetworkSettings.Networks).sort()).toEqual([home, egress].sort());
    expect(NetworkSettings.Networks[home ?? '']?.Aliases).toEqual(expect.arrayContaining(['server', 'also']));
    expect(HostConfig.NetworkMode).toBe('bridge');
    expect(State.Health?.Status).toBe('healthy');
    const [binding] = NetworkSettings.Ports['8080/tcp'] ?? [];
    const outputs = state.get('server')?.outputs;
    expect(outputs?.['ports']).toEqual([
      { internal: 8080, external: Number(binding?.HostPort), ip: '127.0.0.1', protocol: 'tcp' },
    ]);
    expect(
      (outputs?.['networkDatas'] as { networkName: string }[]).map(({ networkName }) => networkName).sort(),
    ).toEqual([home, egress].sort());
  });

  test('keeps what was secret among its inputs secret in the state', async () => {
    expect((await stack.state()).get('server')?.secretOutputs).toEqual(['envs']);
  });

  test('is found to have gone, and made again', async () => {
    const { Id } = await inspect('killed');
    await stack.docker.getContainer(Id).remove({ force: true });
    await stack.refresh();
    expect(changing(await stack.preview(resources))).toEqual(['killed: create']);
    await stack.up(resources);
  });

  test('is found to have stopped, and started again', async () => {
    const { Id } = await inspect('killed');
    await stack.docker.getContainer(Id).kill();
    await stack.refresh();
    expect(changing(await stack.preview(resources))).toEqual(['killed: update']);
    await stack.up(resources);
    expect((await inspect('killed')).State.Running).toBe(true);
    expect((await inspect('killed')).Id).toBe(Id);
  });

  test('is asked to stop when it has a grace period, and killed without', async () => {
    await eventually(async () => (await files()).filter((name) => name.endsWith('.ready')).length === 2);
    await stack.up([volume]);
    expect(await files()).toEqual(['graceful', 'graceful.ready', 'killed.ready']);
  });
});

describe('a container that does not get healthy', () => {
  const sick = { healthcheck: { tests: ['CMD', 'false'], interval: '1s' }, wait: true, waitTimeout: 2 };
  const resources = [
    volume,
    container('sick', { ...sick, command: ['sleep', '600'] }),
    container('overridden', { ...sick, entrypoints: ['sleep'], command: ['600'] }),
    container('marked', { ...sick, entrypoints: ['sleep'], command: ['600'] }, { replaceOnChanges: ['#initerror'] }),
  ];

  test('fails the up, and stays, so that the next one finds it', async () => {
    const { failed, output } = await stack.tryUp(resources);
    expect(failed).toBe(true);
    expect(output).toContain('container failed to be in healthy state');
    expect((await inspect('sick')).State.Running).toBe(true);
  });

  test('is replaced by the next up; with an entrypoint given, updated without a word, unless #initerror replaces', async () => {
    expect(changing(await stack.preview(resources)).sort()).toEqual([
      'marked: replace, new one first',
      'overridden: update',
      'sick: replace, old one first',
    ]);
    await stack.up(
      resources.map((one) => ({ ...one, args: one.type === 'Container' ? { ...one.args, wait: false } : one.args })),
    );
  });

  test('fails where it has no health check to wait for', async () => {
    const { failed } = await stack.tryUp([container('none', { command: ['sleep', '600'], wait: true })]);
    expect(failed).toBe(true);
    await stack.up([]);
  });
});

/** What is on the volume, through a container of its own. */
async function files(): Promise<string[]> {
  const name = (await stack.state()).get('volume')?.id ?? '';
  const reader = await stack.docker.createContainer({
    Image: IMAGE,
    Cmd: ['ls', '/data'],
    Tty: true,
    HostConfig: { Binds: [`${name}:/data`] },
  });
  try {
    await reader.start();
    await reader.wait();
    return (await reader.logs({ stdout: true })).toString().split(/\s+/).filter(Boolean);
  } finally {
    await reader.remove({ force: true });
  }
}

async function eventually(check: () => Promise<boolean>, deadlineMs = 20_000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`not within ${deadlineMs} ms`);
    await new Promise((next) => setTimeout(next, 200));
  }
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ref, type Described } from './support/described.ts';
import { changing } from './support/effects.ts';
import { normalised } from './support/normalised.ts';
import { embeddedPlugin, testedPlugin } from './support/plugins.ts';
import { ConformanceStack, type InState } from './support/stack.ts';

jest.setTimeout(120_000);

/*
 * What the official plugins put out is recorded in outputs.json (SLIPWAY_CONFORMANCE_RECORD=1, with them named); every
 * plugin has to put out the same. Only what is there counts: ours leave out outputs of inputs that they don't have.
 */

const tested = [testedPlugin('docker'), testedPlugin('random')];
const embedded = [embeddedPlugin('docker'), embeddedPlugin('random')];
const isOfficial = tested.every(({ isEmbedded }) => !isEmbedded);
const GOLDEN = join(import.meta.dirname, 'outputs.json');
const isRecording = process.env['SLIPWAY_CONFORMANCE_RECORD'] === '1';

const IMAGE = 'debian:trixie-slim';
const resources: readonly Described[] = [
  { type: 'Network', name: 'network', args: { internal: true, ipamConfigs: [{ subnet: '10.254.252.0/28' }] } },
  { type: 'Volume', name: 'volume', args: { labels: [{ label: 'a', value: '1' }] } },
  { type: 'RemoteImage', name: 'image', args: { name: IMAGE, keepLocally: true } },
  { type: 'Container', name: 'plain', args: { image: IMAGE, command: ['sleep', '600'] } },
  {
    type: 'Container',
    name: 'full',
    args: {
      image: ref('image', 'imageId'),
      command: ['600'],
      entrypoints: ['sleep'],
      envs: ['B=1', 'A=2'],
      user: '1000',
      workingDir: '/tmp',
      labels: [
        { label: 'b', value: '1' },
        { label: 'a', value: '2' },
      ],
      networksAdvanced: [{ name: ref('network', 'name'), aliases: ['two', 'one'] }],
      hosts: [{ host: 'db', ip: '10.1.1.1' }],
      dns: ['10.1.1.1'],
      volumes: [{ volumeName: ref('volume', 'name'), containerPath: '/data', readOnly: true }],
      mounts: [
        { type: 'volume', target: '/more', source: ref('volume', 'name') },
        { type: 'tmpfs', target: '/x', tmpfsOptions: { sizeBytes: 4096, mode: 0o1777 } },
        { type: 'bind', target: '/etc/hosts.host', source: '/etc/hosts', readOnly: true },
      ],
      tmpfs: { '/t': 'size=1m' },
      healthcheck: { tests: ['CMD', 'true'], interval: '1m30s', startInterval: '500ms' },
      restart: 'on-failure',
      maxRetryCount: 3,
      memory: 64,
      memorySwap: 64,
      memoryReservation: 32,
      cpus: '0.5',
      cpuShares: 512,
      readOnly: true,
      capabilities: { drops: ['ALL'], adds: ['CAP_CHOWN'] },
      securityOpts: ['no-new-privileges:true'],
      ulimits: [{ name: 'nofile', soft: 1024, hard: 2048 }],
      logDriver: 'json-file',
      logOpts: { 'max-size': '1m', 'max-file': '2' },
      destroyGraceSeconds: 1,
      stopSignal: 'SIGKILL',
      stopTimeout: 5,
      shmSize: 16,
      init: true,
      hostname: 'somebody',
    },
  },
  { type: 'RandomPassword', name: 'password', args: { length: 20, special: false, minUpper: 2 } },
  { type: 'RandomBytes', name: 'bytes', args: { length: 20 } },
  { type: 'RandomId', name: 'id', args: { byteLength: 4, prefix: 'x-' } },
];

const stack = new ConformanceStack(tested);
let state: ReadonlyMap<string, InState>;

beforeAll(async () => {
  await stack.init();
  await stack.up(resources);
  state = await stack.state();
});

afterAll(async () => {
  stack.use(tested);
  await stack.dispose();
});

/** What is random in those, whichever plugin. */
const DRAWN = new Set(['result', 'bcryptHash', 'base64', 'hex', 'dec', 'b64Std', 'b64Url', 'id', 'networkDatas']);

function recorded(): Record<string, Record<string, unknown>> {
  const found = [...state].filter(([name]) => resources.some((resource) => resource.name === name));
  return Object.fromEntries(
    found.map(([name, one]) => {
      const outputs = normalised(one, stack.name) as Record<string, unknown>;
      return [name, Object.fromEntries(Object.entries(outputs).filter(([key]) => !DRAWN.has(key)))];
    }),
  );
}

describe('outputs', () => {
  test('are those of the official plugins', () => {
    if (isRecording && isOfficial) writeFileSync(GOLDEN, `${JSON.stringify(recorded(), undefined, 2)}\n`);
    expect(recorded()).toEqual(JSON.parse(readFileSync(GOLDEN, 'utf8')));
  });

  test('that are secret are secret in the state', () => {
    const secrets = ['password', 'bytes', 'id', 'full'].map((name) => state.get(name)?.secretOutputs);
    expect(secrets).toEqual([['bcryptHash', 'result'], ['base64', 'hex'], [], []]);
  });
});

describe('what is drawn', () => {
  test('is a password of the length and the characters that were asked for, and its hash', () => {
    const { result, bcryptHash } = state.get('password')?.outputs as Record<string, string>;
    expect(result).toMatch(/^[0-9A-Za-z]{20}$/);
    expect(result?.match(/[A-Z]/g)?.length).toBeGreaterThanOrEqual(2);
    expect(bcryptHash).toMatch(/^\$2a\$10\$[./0-9A-Za-z]{53}$/);
  });

  test('are bytes, once in base64 and once in hex', () => {
    const { base64 = '', hex } = state.get('bytes')?.outputs as Record<string, string>;
    expect(Buffer.from(base64, 'base64').toString('hex')).toBe(hex);
    expect(hex).toMatch(/^[0-9a-f]{40}$/);
  });

  test('is an id in four forms, each behind its prefix', () => {
    const { id, outputs } = state.get('id') ?? { id: '', outputs: {} };
    const bytes = Buffer.from(id, 'base64url');
    expect(bytes).toHaveLength(4);
    expect(outputs).toMatchObject({
      b64Url: `x-${id}`,
      b64Std: `x-${bytes.toString('base64')}`,
      hex: `x-${bytes.toString('hex')}`,
      dec: `x-${bytes.readUInt32BE()}`,
    });
  });

  test('is drawn again when an input changes, and only then', async () => {
    expect(changing(await stack.preview(resources))).toEqual([]);
    const edited = resources.map((resource) =>
      resource.type.startsWith('Random') ? { ...resource, args: { ...resource.args, keepers: { a: '1' } } } : resource,
    );
    expect(changing(await stack.preview(edited)).sort()).toEqual([
      'bytes: replace, new one first',
      'id: replace, new one first',
      'password: replace, new one first',
    ]);
  });
});

(isOfficial ? describe : describe.skip)('a stack that the official plugins have made', () => {
  test('goes on with ours without a change, and back', async () => {
    stack.use(embedded);
    expect(changing(await stack.preview(resources))).toEqual([]);
    await stack.refresh();
    expect(changing(await stack.preview(resources))).toEqual([]);
    stack.use(tested);
    expect(changing(await stack.preview(resources))).toEqual([]);
  });

  test('and one that ours have made goes on with the official ones', async () => {
    const ours = new ConformanceStack(embedded);
    try {
      const movable = resources.filter(({ name }) => name !== 'network' && name !== 'full');
      await ours.init();
      await ours.up(movable);
      ours.use(tested);
      expect(changing(await ours.preview(movable))).toEqual([]);
      await ours.refresh();
      expect(changing(await ours.preview(movable))).toEqual([]);
    } finally {
      await ours.dispose();
    }
  });
});

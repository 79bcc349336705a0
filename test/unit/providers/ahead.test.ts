import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { eventually } from '../../integration/support/eventually.ts';
import { listens } from '../../integration/support/listens.ts';

const PROVIDERS = resolve(import.meta.dirname, '../../../providers');
const LAUNCHER = join(PROVIDERS, 'slipway/pulumi-resource-slipway');
const PATH = `${dirname(process.execPath)}:/usr/bin:/bin`;

let folder: string;
let ahead: ChildProcess;
let started: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ahead-'));
  writeFileSync(join(folder, 'starting'), '');
  started = [];
});

afterEach(() => {
  for (const child of [ahead, ...started]) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function startAhead(...names: string[]): void {
  const program = join(PROVIDERS, '../ahead/providers.ts');
  ahead = spawn(process.execPath, [program, folder, ...names], { stdio: ['pipe', 'ignore', 'ignore'] });
}

/** Starts a plugin as an engine does: gives its process once it has told its port, and that port. */
async function launch(command = LAUNCHER, ...args: string[]): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(command, args, { env: { PATH, SLIPWAY_PROVIDERS_AHEAD: folder } });
  started.push(child);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await eventually(() => {
    expect(said).toMatch(/^\d+$/m);
  }, 20_000);
  return { child, port: Number(/^\d+$/m.exec(said)?.[0]) };
}

async function offered(name: string): Promise<number> {
  await eventually(() => {
    expect(existsSync(join(folder, name))).toBe(true);
  }, 20_000);
  return Number(readFileSync(join(folder, name), 'utf8'));
}

test('a plugin takes over the server that was started ahead, and a second one of the same name does not', async () => {
  startAhead('slipway', 'random');
  const port = await offered('slipway');
  const first = await launch();
  expect(first.port).toBe(port);
  const second = await launch();
  expect(second.port).not.toBe(port);
  expect(await listens(second.port)).toBe(true);
  const random = await offered('random');
  expect((await launch(join(PROVIDERS, 'embedded/random/pulumi-resource-random'))).port).toBe(random);
}, 40_000);

test('a plugin that is started early waits for its server', async () => {
  const launched = launch();
  startAhead('slipway');
  const { port } = await launched;
  expect(readdirSync(folder).filter((name) => name.startsWith('slipway.'))).toHaveLength(1);
  expect(await listens(port)).toBe(true);
}, 40_000);

test('a server ends with its plugin, and the process with the last of those who may want one', async () => {
  startAhead('slipway');
  const { child, port } = await launch();
  ahead.stdin?.end();
  await expect(listens(port)).resolves.toBe(true);
  child.kill('SIGINT');
  await eventually(() => {
    expect(ahead.exitCode).toBe(0);
    expect(existsSync(folder)).toBe(false);
  }, 20_000);
  expect(await listens(port)).toBe(false);
}, 40_000);

test('nobody wants a server: the process ends with whoever has started it', async () => {
  startAhead('slipway');
  await offered('slipway');
  ahead.stdin?.end();
  await eventually(() => {
    expect(ahead.exitCode).toBe(0);
    expect(existsSync(folder)).toBe(false);
  }, 20_000);
}, 40_000);

test('an engine that is killed takes plugin and server with it', async () => {
  startAhead('slipway');
  await offered('slipway');
  const script = `${LAUNCHER} & echo "plugin $!"; wait`;
  const engine = spawn('sh', ['-c', script], { env: { PATH, SLIPWAY_PROVIDERS_AHEAD: folder } });
  started.push(engine);
  let said = '';
  engine.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await eventually(() => {
    expect(said).toMatch(/^\d+$/m);
  }, 20_000);
  const [plugin, port] = [Number(/plugin (\d+)/.exec(said)?.[1]), Number(/^\d+$/m.exec(said)?.[0])];
  engine.kill('SIGKILL');
  ahead.stdin?.end();
  await eventually(() => {
    expect(ahead.exitCode).toBe(0);
    expect(() => process.kill(plugin, 0)).toThrow('ESRCH');
  }, 20_000);
  expect(await listens(port)).toBe(false);
}, 40_000);

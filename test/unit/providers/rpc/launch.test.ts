import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const LAUNCHER = resolve(import.meta.dirname, '../../../../providers/slipway/pulumi-resource-slipway');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launch-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A `node` in a folder of its own that only tells a version. */
function oldNode(): string {
  const node = join(folder, 'node');
  writeFileSync(node, '#!/bin/sh\necho v20.19.2\n');
  chmodSync(node, 0o755);
  return folder;
}

/** Starts the plugin, ends it once it has said something, and answers what. */
async function launch(env: Record<string, string>, command = LAUNCHER): Promise<{ stdout: string; stderr: string }> {
  const child = spawn(command, ['127.0.0.1:1'], { env });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    said.stdout += chunk.toString();
    child.kill();
  });
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  await new Promise((closed) => child.on('close', closed));
  return said;
}

const OURS = dirname(process.execPath);
const SYSTEM = '/usr/bin:/bin';

test('a plugin prints its port, and nothing else, as its first line', async () => {
  const { stdout, stderr } = await launch({ PATH: `${OURS}:${SYSTEM}` });
  expect(stdout).toMatch(/^\d+\n$/);
  expect(stderr).toBe('');
});

test('it is found through a link, as plugins on PATH are', async () => {
  const link = join(folder, 'pulumi-resource-slipway');
  symlinkSync(LAUNCHER, link);
  expect((await launch({ PATH: `${OURS}:${SYSTEM}` }, link)).stdout).toMatch(/^\d+\n$/);
});

test('with a node on PATH that is too old it runs the one that SLIPWAY_NODE names', async () => {
  const { stdout } = await launch({ PATH: `${oldNode()}:${SYSTEM}`, SLIPWAY_NODE: process.execPath });
  expect(stdout).toMatch(/^\d+\n$/);
});

test('without any that is new enough it says what it needs', async () => {
  const { stdout, stderr } = await launch({ PATH: `${oldNode()}:${SYSTEM}` });
  expect(stdout).toBe('');
  expect(stderr).toContain('needs Node 22.18 or newer');
});

test('it ends when the engine that started it is gone, however that ended', async () => {
  const script = `${LAUNCHER} 127.0.0.1:1 & echo "plugin $!"; wait`;
  const engine = spawn('sh', ['-c', script], { env: { PATH: `${OURS}:${SYSTEM}` } });
  let said = '';
  await new Promise<void>((served) => {
    engine.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (/^\d+$/m.test(said)) served();
    });
  });
  const plugin = Number(/plugin (\d+)/.exec(said)?.[1]);
  expect(isAlive(plugin)).toBe(true);
  engine.kill('SIGKILL');
  try {
    const deadline = Date.now() + 10_000;
    while (isAlive(plugin) && Date.now() < deadline) await delay(100);
    expect(isAlive(plugin)).toBe(false);
  } finally {
    if (isAlive(plugin)) process.kill(plugin);
  }
}, 30_000);

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { exits } from '../support/answer.ts';
import { TestStack } from '../support/test-stack.ts';

const stacks = [new TestStack('left'), new TestStack('right')] as const;

afterAll(async () => {
  for (const stack of stacks) {
    await stack.slipway('down', '--volumes', '--yes');
    await stack.dispose();
  }
}, 180_000);

/** Where a stack has published its api. */
async function apiPort(stack: TestStack): Promise<number> {
  const [api] = await stack.containers('api');
  // What is not published has none, whatever the type says.
  return api?.Ports.map(({ PublicPort }) => PublicPort).find(Boolean) ?? 0;
}

describe('two stacks on one host', () => {
  test('come up at the same moment, each with its own containers, networks and work', async () => {
    // No word about ports: each chooses what is free.
    for (const stack of stacks) stack.configure({ system: 'linkflow', environment: 'test', profiles: ['migrate'] });
    const ups = await Promise.all(stacks.map((stack) => stack.slipway('up')));
    for (const up of ups) exits(up, 0);
    const ports = await Promise.all(stacks.map(apiPort));
    for (const [at, port] of ports.entries()) expect(ups[at]?.stdout).toContain(`http://127.0.0.1:${port}/`);
    const [left, right] = await Promise.all(
      stacks.map(async (stack) =>
        (await stack.networks()).flatMap((network) => network.IPAM?.Config?.map((config) => config.Subnet) ?? []),
      ),
    );
    expect(new Set(ports).size).toBe(2);
    expect(left?.length).toBeGreaterThan(0);
    expect(left).toHaveLength(right?.length ?? 0);
    expect(new Set([...(left ?? []), ...(right ?? [])]).size).toBe(2 * (left?.length ?? 0));
  }, 300_000);

  test('keep their ports: nothing is to be done afterwards, and the port is the one that work goes through', async () => {
    const [left] = stacks;
    const before = await apiPort(left);
    exits(await left.slipway('preview', '--expect-no-changes'), 0);
    exits(await left.slipway('up'), 0);
    expect(await apiPort(left)).toBe(before);
    const folder = mkdtempSync(join(tmpdir(), 'slipway-side-by-side-'));
    try {
      exits(await left.slipway('export', 'compose', '--output', join(folder, 'out')), 0);
      expect(readFileSync(join(folder, 'out/compose.yaml'), 'utf8')).toContain(`127.0.0.1:${before}:8000`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);

  test('go one by one, the other untouched', async () => {
    const [left, right] = stacks;
    const before = (await right.containers()).map((container) => container.Id);
    exits(await left.slipway('down', '--volumes', '--yes'), 0);
    expect(await left.containers()).toEqual([]);
    expect((await right.containers()).map((container) => container.Id)).toEqual(before);
    exits(await right.slipway('status'), 0);
    exits(await right.slipway('smoke'), 0);
  }, 120_000);
});

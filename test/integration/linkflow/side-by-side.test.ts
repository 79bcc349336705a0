import { afterAll, describe, expect, test } from '@jest/globals';
import { exits } from '../support/answer.ts';
import { freePorts } from '../support/free-ports.ts';
import { TestStack } from '../support/test-stack.ts';

const stacks = [new TestStack('left'), new TestStack('right')] as const;

afterAll(async () => {
  for (const stack of stacks) {
    await stack.slipway('down', '--volumes', '--yes');
    await stack.dispose();
  }
}, 180_000);

describe('two stacks on one host', () => {
  test('come up at the same moment, each with its own containers, networks and work', async () => {
    for (const stack of stacks) {
      const [http] = await freePorts(1);
      stack.configure({ system: 'linkflow', environment: 'test', profiles: ['migrate'], ports: { api: { http } } });
    }
    const ups = await Promise.all(stacks.map((stack) => stack.slipway('up')));
    for (const up of ups) exits(up, 0);
    const [left, right] = await Promise.all(
      stacks.map(async (stack) =>
        (await stack.networks()).flatMap((network) => network.IPAM?.Config?.map((config) => config.Subnet) ?? []),
      ),
    );
    expect(left?.length).toBeGreaterThan(0);
    expect(left).toHaveLength(right?.length ?? 0);
    expect(new Set([...(left ?? []), ...(right ?? [])]).size).toBe(2 * (left?.length ?? 0));
  }, 300_000);

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

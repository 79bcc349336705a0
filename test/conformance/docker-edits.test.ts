import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { changing, effects } from './support/effects.ts';
import type { Described } from './support/described.ts';
import { containerEdits } from './support/container-edits.ts';
import { otherEdits } from './support/other-edits.ts';
import { testedPlugin } from './support/plugins.ts';
import { ConformanceStack, type InState, type Step } from './support/stack.ts';

jest.setTimeout(120_000);

/*
 * One stack with a resource a row: made as before the edit, previewed and brought up as after it. Containers are created
 * and not started, which takes less of everything.
 */

const stack = new ConformanceStack([testedPlugin('docker'), testedPlugin('random')]);
const edits = [...containerEdits(stack.name), ...otherEdits(stack.name, stack.name)];

const BASE = { image: 'debian:trixie-slim', command: ['sleep', '600'], start: false, mustRun: false };
const SHARED: readonly Described[] = [
  { type: 'Network', name: 'network', args: { internal: true } },
  { type: 'Volume', name: 'volume', args: {} },
];

function resources(side: 'before' | 'after'): Described[] {
  const edited = edits.map(({ type = 'Container', options, ...edit }, at) => ({
    type,
    name: `row-${at}`,
    args: { ...(type === 'Container' && BASE), ...edit[side] },
    ...(options && { options }),
  }));
  return [...SHARED, ...edited];
}

const rows = edits.map((edit, at) => [edit.title, `row-${at}`, edit] as const);

let toDo: readonly Step[];
let after: ReadonlyMap<string, InState>;

beforeAll(async () => {
  await stack.init();
  for (const tag of ['1', '2', '3']) await stack.docker.getImage(BASE.image).tag({ repo: stack.name, tag });
  await stack.up(resources('before'));
});

afterAll(async () => {
  await stack.dispose();
  for (const tag of ['1', '2']) await stack.docker.getImage(`${stack.name}:${tag}`).remove();
});

describe('made as described', () => {
  test('nothing is left to do', async () => {
    expect(changing(await stack.preview(resources('before')))).toEqual([]);
  });

  test('what is read from the engine is what was made', async () => {
    await stack.refresh();
    expect(changing(await stack.preview(resources('before')))).toEqual([]);
  });
});

describe('an edit', () => {
  beforeAll(async () => {
    toDo = await stack.preview(resources('after'));
    await stack.up(resources('after'));
    after = await stack.state();
  });

  test.each(rows)('%s: has its effect', (_title, name, { effect }) => {
    expect(effects(toDo).get(name)).toBe(effect);
  });

  test.each(rows.filter(([, , { real }]) => real))(
    '%s: is what the engine has',
    async (_title, name, { type, real = [] }) => {
      const found = await inspect(type, after.get(name)?.id ?? '');
      expect(real.map(([path]) => [path, at(found, path)])).toEqual(real);
    },
  );

  test('leaves nothing to do', async () => {
    expect(changing(await stack.preview(resources('after')))).toEqual([]);
  });
});

function inspect(type: Described['type'] = 'Container', id: string): Promise<unknown> {
  if (type === 'Network') return stack.docker.getNetwork(id).inspect();
  return type === 'Volume' ? stack.docker.getVolume(id).inspect() : stack.docker.getContainer(id).inspect();
}

/** What is at a path of keys and positions, `HostConfig.Mounts.0.Target`. */
function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((above, key) => (above as Record<string, unknown> | undefined)?.[key], value);
}

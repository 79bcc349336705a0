import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { embeddedPlugin } from './support/plugins.ts';
import { ConformanceStack } from './support/stack.ts';

jest.setTimeout(60_000);

const stack = new ConformanceStack([embeddedPlugin('docker'), embeddedPlugin('random')]);

beforeAll(() => stack.init());
afterAll(() => stack.dispose());

test('what our plugin does not do is an error that names it, all of it at once, and nothing is made', async () => {
  const { failed, output } = await stack.tryUp([
    {
      type: 'Container',
      name: 'container',
      args: { image: 'debian:trixie-slim', privileged: true, cpus: '1', attach: true, uploads: [{ file: '/a' }] },
    },
  ]);
  expect(failed).toBe(true);
  for (const input of ['privileged', 'cpus', 'attach', 'uploads']) expect(output).toMatch(`property ${input} `);
  expect((await stack.state()).has('container')).toBe(false);
});

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { brokenDescription } from '../../../cli/broken-description.ts';
import { EXIT } from '../../../cli/exit-codes.ts';
import { copyCheckout } from '../../integration/support/checkout.ts';

/* What Node says of a file that it can't load is Node's own: the real command meets it, in a checkout of the test's. */

let checkout: string;

beforeAll(() => {
  checkout = copyCheckout('broken');
  writeFileSync(
    join(checkout, 'config/systems/index.ts'),
    "import { mine } from './mine.ts';\nexport const systems = { mine };\n",
  );
});

afterAll(() => {
  rmSync(checkout, { recursive: true });
});

/** What a command says where the description is this. */
async function said(description: string, ...command: string[]): Promise<{ exitCode: number; stderr: string }> {
  writeFileSync(join(checkout, 'config/systems/mine.ts'), description);
  const args = [join(checkout, 'cli/main.ts'), ...command];
  const { exitCode = -1, stderr } = await execa(process.execPath, args, { cwd: checkout, reject: false });
  return { exitCode, stderr };
}

const HEAD = "slipway: a description can't be loaded; nothing was touched.\nerror: config/systems/";

describe('a description that can’t be loaded is a problem of the configuration', () => {
  test.each([
    [
      'a comma that is missing',
      "export const mine = {\n  name: 'mine' services: {},\n};\n",
      "mine.ts:2: Expected ',', got 'ident'\nexport const mine = {\n  name: 'mine' services: {},\n               ^",
    ],
    [
      'syntax that only a compiler could take',
      'enum Size {\n  Small,\n}\nexport const mine = Size;\n',
      'mine.ts:1: TypeScript enum is not supported in strip-only mode\n',
    ],
    [
      'a name that the imported file does not have',
      "import { postgresImag } from '../stores/postgres.ts';\nexport const mine = postgresImag(16);\n",
      "mine.ts:1: The requested module '../stores/postgres.ts' does not provide an export named 'postgresImag'",
    ],
    [
      'a file that is not there',
      "import type { SystemDescription } from '../schema/system.ts';\nimport { services } from './mine/services.ts';\n\nexport const mine: SystemDescription = services;\n",
      "mine.ts:2: Cannot find module 'config/systems/mine/services.ts'\nimport { services } from './mine/services.ts';",
    ],
    [
      'an exception while it is evaluated',
      'const none: any = undefined;\n\nexport const mine = { images: none.images };\n',
      "mine.ts:3: Cannot read properties of undefined (reading 'images')\nexport const mine = { images: none.images };",
    ],
  ])('%s, by file, line and what it is', async (_, description, problem) => {
    const { exitCode, stderr } = await said(description, 'init');
    expect(stderr).toContain(HEAD + problem);
    expect(stderr).not.toContain('node:internal');
    expect(exitCode).toBe(EXIT.usage);
  });

  test('to commands of a stack, too', async () => {
    const { exitCode, stderr } = await said('export const mine = {;\n', 'up', '--stack', 'luminai-test');
    expect({ exitCode, stderr }).toEqual({
      exitCode: EXIT.usage,
      stderr: expect.stringContaining(`${HEAD}mine.ts:1: `),
    });
  });
});

test('an error of any other file is not taken for one', () => {
  const [syntax, thrown] = [new SyntaxError('Unexpected token'), new TypeError('x is not a function')];
  syntax.stack =
    '/project/cli/main.ts:3\nnope nope\n     ^\n\nSyntaxError: Unexpected token\n    at parse (node:x:1:1)';
  // Long after the description was loaded.
  thrown.stack = 'TypeError: x is not a function\n    at f (file:///project/config/systems/mine.ts:3:1)';
  for (const error of [syntax, thrown, 'a word']) expect(brokenDescription(error, '/project')).toBeUndefined();
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import type { Context } from '../../../../cli/context.ts';
import { startAhead, type Ahead } from '../../../../cli/pulumi/ahead.ts';
import { projectFolder } from '../../../../tools/setup/layout.mjs';
import { eventually } from '../../../integration/support/eventually.ts';
import { listens } from '../../../integration/support/listens.ts';

let ahead: Ahead | undefined;

afterEach(() => {
  ahead?.end();
});

function contextIn(projectDir: string): Context {
  return { projectDir, env: process.env, stdin: process.stdin, stdout: process.stdout, stderr: process.stderr };
}

test('the program is served until it is wanted no more', async () => {
  ahead = startAhead(contextIn(projectFolder), { program: true });
  const [client = ''] = (await ahead.launch()).args;
  expect(client).toMatch(/^--client=127\.0\.0\.1:\d+$/);
  const port = Number(client.split(':')[1]);
  expect(await listens(port)).toBe(true);
  ahead.end();
  await eventually(async () => {
    expect(await listens(port)).toBe(false);
  }, 20_000);
}, 40_000);

test('where it can’t be started, the engine is left to do it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ahead-none-'));
  try {
    ahead = startAhead(contextIn(folder), { program: true });
    expect((await ahead.launch()).args).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 40_000);

test('an operation without a program starts none', async () => {
  ahead = startAhead(contextIn(projectFolder), { program: false });
  expect((await ahead.launch()).args).toEqual([]);
});

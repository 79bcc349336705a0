import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Context } from '../../../../cli/context.ts';
import { pulumi } from '../../../../cli/pulumi/cli.ts';

let folder: string;
let context: Context;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-cli-'));
  const { env, stdin, stdout, stderr } = process;
  context = { projectDir: folder, env: { PATH: `${folder}:${env['PATH'] ?? ''}` }, stdin, stdout, stderr };
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The process group that is told of in `/proc/<pid>/stat`. */
function groupOf(stat: string): string | undefined {
  return stat.replace(/^.*\) /s, '').split(' ')[2];
}

test("a short Pulumi command is in no reach of a terminal's Ctrl-C: whoever has asked is told of it", async () => {
  writeFileSync(join(folder, 'pulumi'), '#!/bin/sh\nread -r line < /proc/self/stat\necho "$line"\n', { mode: 0o755 });
  const { exitCode, stdout } = await pulumi(context, ['stack', 'export']);
  expect(exitCode).toBe(0);
  expect(groupOf(stdout)).toMatch(/^\d+$/);
  expect(groupOf(stdout)).not.toBe(groupOf(readFileSync('/proc/self/stat', 'utf8')));
});

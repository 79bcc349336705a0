import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Context } from '../../../../cli/context.ts';
import { EXIT } from '../../../../cli/exit-codes.ts';
import { storeValues } from '../../../../cli/secrets/store.ts';

let folder: string;
let context: Context;

/** A Pulumi that notes how it is called and what it reads, and ends as told. */
function pulumi(end: string): void {
  const script = [
    '#!/bin/sh',
    `echo "$*" >> ${folder}/arguments`,
    `env >> ${folder}/environment`,
    `cat >> ${folder}/input`,
    `case "$*" in *config*) ${end} ;; esac`,
  ];
  writeFileSync(join(folder, 'pulumi'), `${script.join('\n')}\n`);
  chmodSync(join(folder, 'pulumi'), 0o755);
}

const noted = (name: string): string => readFileSync(join(folder, name), 'utf8');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-store-'));
  writeFileSync(join(folder, 'Pulumi.yaml'), 'name: shop\n');
  writeFileSync(join(folder, 'Pulumi.mine.yaml'), 'config: {}\n');
  const env = { PATH: `${folder}:/usr/bin:/bin`, PULUMI_BACKEND_URL: `file://${folder}/state` };
  context = { projectDir: folder, env, stderr: new PassThrough() } as unknown as Context;
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('values go to Pulumi on its standard input, and nowhere else', async () => {
  pulumi('exit 0');
  const stored: string[] = [];
  const values = new Map([
    ['A', '-very secret'],
    ['B', 'as secret\n'],
  ]);
  await storeValues(context, 'mine', values, (name) => stored.push(name));
  expect(stored).toEqual(['A', 'B']);
  // One newline each is for Pulumi to take off.
  expect(noted('input')).toBe('-very secret\nas secret\n\n');
  expect(noted('arguments').trimEnd().split('\n')).toEqual([
    'stack init --stack mine --no-select --non-interactive',
    'config set --secret secrets:A --stack mine --non-interactive',
    'config set --secret secrets:B --stack mine --non-interactive',
  ]);
  expect(noted('arguments') + noted('environment')).not.toMatch(/very secret|as secret/);
});

test('a wrong passphrase is a missing prerequisite, and ends it', async () => {
  pulumi('echo "error: incorrect passphrase" >&2; exit 255');
  const stored: string[] = [];
  const values = new Map([
    ['A', 'very secret'],
    ['B', 'as secret'],
  ]);
  await expect(storeValues(context, 'mine', values, (name) => stored.push(name))).rejects.toMatchObject({
    exitCode: EXIT.prerequisite,
    message: expect.stringContaining('secret A of stack "mine" can\'t be set: its passphrase is missing'),
  });
  expect(stored).toEqual([]);
  expect(noted('arguments')).not.toContain('secrets:B');
  expect(existsSync(join(folder, 'state'))).toBe(false);
});

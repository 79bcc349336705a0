import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EXIT } from '../../../../cli/exit-codes.ts';
import { inspectTarget, publish } from '../../../../cli/export/folder.ts';

const MARKER = '# Written by `slipway export compose` from stack dev of shop.';
let root: string;
let folder: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-export-'));
  folder = join(root, 'out');
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const file = (path: string, text: string): void => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
};

describe('where an export may go', () => {
  test('is nothing, an empty folder, or an earlier export of the same stack', () => {
    expect(inspectTarget(folder, MARKER)).toEqual({ path: folder, found: 'nothing' });
    mkdirSync(folder);
    expect(inspectTarget(folder, MARKER)).toEqual({ path: folder, found: 'an empty folder' });
    file('compose.yaml', `${MARKER}\nname: shop\n`);
    file('secrets/api/KEY', 'k');
    expect(inspectTarget(folder, MARKER)).toEqual({ path: folder, found: 'an earlier export' });
  });

  test('is followed through a link', () => {
    mkdirSync(join(root, 'real'));
    symlinkSync('real', folder);
    expect(inspectTarget(folder, MARKER).path).toBe(join(root, 'real'));
  });

  test.each<[string, Record<string, string>, string]>([
    ['files of others', { 'notes.txt': 'mine' }, 'holds files that no export has written'],
    ['a compose file of others', { 'compose.yaml': 'name: mine\n' }, 'holds files that no export has written'],
    [
      'an export of another stack',
      { 'compose.yaml': '# Written by `slipway export compose` from stack prod of shop.\n' },
      'another stack ("from stack prod of shop.")',
    ],
    [
      'files beside an export',
      { 'compose.yaml': `${MARKER}\n`, '.env': 'A=1', 'compose.override.yaml': '' },
      'holds more than an export: .env, compose.override.yaml would be lost',
    ],
  ])('is no folder with %s', (_, files, message) => {
    for (const [path, text] of Object.entries(files)) file(path, text);
    expect(() => inspectTarget(folder, MARKER)).toThrow(
      expect.objectContaining({ exitCode: EXIT.usage, message: expect.stringContaining(message) }),
    );
  });

  test('is no file', () => {
    writeFileSync(folder, 'mine');
    expect(() => inspectTarget(folder, MARKER)).toThrow(/is no folder; accepted: a new or empty folder/);
  });
});

describe('an export is put in its place', () => {
  const publishing = (texts: Record<string, string>, check: () => void = () => undefined) =>
    publish({
      target: inspectTarget(folder, MARKER),
      marker: MARKER,
      check,
      fill: (fresh) => {
        for (const [path, text] of Object.entries(texts)) writeFileSync(join(fresh, path), text);
      },
    });
  const first = { 'compose.yaml': `${MARKER}\n1\n` };
  const second = { 'compose.yaml': `${MARKER}\n2\n` };

  test('whole, and for its owner only', async () => {
    folder = join(root, 'a/b/out');
    expect(await publishing(first)).toBe('written');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(root, 'a/b'))).toEqual(['out']);
  });

  test('over an empty folder', async () => {
    mkdirSync(folder);
    expect(await publishing(first)).toBe('written');
    expect(readFileSync(join(folder, 'compose.yaml'), 'utf8')).toBe(`${MARKER}\n1\n`);
  });

  test('over an earlier one, of which nothing is left', async () => {
    await publishing({ ...first, '.gitignore': '' });
    expect(await publishing(second)).toBe('written');
    expect(readdirSync(root)).toEqual(['out']);
    expect(readdirSync(folder)).toEqual(['compose.yaml']);
    expect(readFileSync(join(folder, 'compose.yaml'), 'utf8')).toBe(`${MARKER}\n2\n`);
  });

  test('not at all over one that is the same', async () => {
    await publishing(first);
    const { ino } = statSync(join(folder, 'compose.yaml'));
    utimesSync(join(folder, 'compose.yaml'), 0, 0);
    expect(await publishing(first)).toBe('unchanged');
    expect(statSync(join(folder, 'compose.yaml'))).toMatchObject({ ino, mtimeMs: 0 });
    expect(readdirSync(root)).toEqual(['out']);
  });

  test('again where only a mode has changed', async () => {
    await publishing(first);
    chmodSync(join(folder, 'compose.yaml'), 0o600);
    expect(await publishing(first)).toBe('written');
  });

  test('not at all if it is interrupted, or fails: what was there stays', async () => {
    await publishing(first);
    const interrupted = publishing(second, () => {
      throw new Error('interrupted');
    });
    await expect(interrupted).rejects.toThrow('interrupted');
    await expect(publishing({ 'no/such/folder': '' })).rejects.toMatchObject({ exitCode: EXIT.failed });
    expect(readdirSync(root)).toEqual(['out']);
    expect(readFileSync(join(folder, 'compose.yaml'), 'utf8')).toBe(`${MARKER}\n1\n`);
  });

  test('not over what somebody else has put there in the meantime', async () => {
    const meanwhile = publishing(first, () => {
      file('mine', 'x');
    });
    await expect(meanwhile).rejects.toMatchObject({ exitCode: EXIT.usage });
    expect(readdirSync(root)).toEqual(['out']);
    expect(readdirSync(folder)).toEqual(['mine']);
  });

  test('and what a killed one left is removed, that of one that runs is not', async () => {
    // The kernel gives out no number as high; the parent of this process runs.
    const [dead, living] = [join(root, '.out.slipway-99999999'), join(root, `.out.slipway-${process.ppid}`)];
    for (const left of [dead, `${dead}-old`, living]) mkdirSync(left);
    await publishing(first);
    expect([dead, `${dead}-old`, living].map((left) => existsSync(left))).toEqual([false, false, true]);
  });
});

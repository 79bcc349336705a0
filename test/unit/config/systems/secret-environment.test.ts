import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { withSecrets } from '../../../../config/systems/secret-environment.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-secrets-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The command, with the test's folder where a container has its secrets. */
function commandOf(command: readonly string[]): [string, ...string[]] {
  const [shell = '', ...rest] = withSecrets(command).map((part) => part.replace('/run/secrets', folder));
  return [shell, ...rest];
}

function environmentOf(env: Record<string, string> = {}): Record<string, string> {
  const [shell, ...args] = commandOf(['env', '-0']);
  const output = execFileSync(shell, args, { env: { PATH: process.env['PATH'], ...env }, encoding: 'utf8' });
  const entries = output.split('\0');
  return Object.fromEntries(
    entries.filter(Boolean).map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

describe('withSecrets', () => {
  test.each<[string, string]>([
    ['plain text', 'abc'],
    ['quotes', `'a' "b" \`c\``],
    ['what a shell would expand', '$HOME ${PATH} $(id) $$ \\n \\'],
    ['patterns and blanks', '  *  ?  ~  '],
    ['line ends in the middle', 'one\ntwo\n\nthree'],
    ['line ends at the end', 'one\n\n'],
    ['nothing', ''],
    ['more than ASCII', 'gé😀'],
    ['an equals sign', 'a=b=c'],
    ['the mark itself', '..'],
    ['a dash in front', '-n x'],
  ])('hands over %s as it is', (_, value) => {
    writeFileSync(join(folder, 'DB_PASSWORD'), value);
    expect(environmentOf()['DB_PASSWORD']).toBe(value);
  });

  test('hands over all of them, over what the environment had, and nothing else', () => {
    for (const name of ['A', 'B']) writeFileSync(join(folder, name), `of ${name}`);
    mkdirSync(join(folder, 'C'));
    const { PATH: _, PWD: __, ...environment } = environmentOf({ A: 'before', OTHER: 'kept' });
    expect(environment).toEqual({ A: 'of A', B: 'of B', OTHER: 'kept' });
  });

  test('runs the command where there are no secrets', () => {
    rmSync(folder, { recursive: true });
    expect(environmentOf({ OTHER: 'kept' })).toMatchObject({ OTHER: 'kept' });
  });

  test('becomes the command, arguments as they are and its exit code with it', () => {
    const script = 'printf "%s|" "$@"; echo $$; exit 7';
    const [shell, ...args] = commandOf(['sh', '-c', script, 'name', 'a b', '$HOME', '']);
    const { pid, stdout, status } = spawnSync(shell, args, { encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: `a b|$HOME||${pid.toString()}\n`, status: 7 });
  });

  test('runs nothing when a secret cannot be read', () => {
    writeFileSync(join(folder, 'A'), 'a');
    // A client that fails stands for a file that may not be read: root, who may read any, runs the tests too.
    writeFileSync(join(folder, 'cat'), '#!/bin/sh\necho half\nexit 1\n', { mode: 0o755 });
    const [shell, ...args] = commandOf(['echo', 'ran']);
    const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    expect(spawnSync(shell, args, { env, encoding: 'utf8' })).toMatchObject({ status: 1, stdout: '' });
  });

  test('shows no secret in the command itself', () => {
    writeFileSync(join(folder, 'A'), 'a secret');
    expect(commandOf(['env']).join(' ')).not.toContain('a secret');
  });
});

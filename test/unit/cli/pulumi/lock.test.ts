import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Context } from '../../../../cli/context.ts';
import { CommandFailure, EXIT } from '../../../../cli/exit-codes.ts';
import { stackPaths } from '../../../../cli/pulumi/backend.ts';
import { isStale, lockStack, thisMachine, type Holder, type Machine } from '../../../../cli/pulumi/lock.ts';

const SINCE = '2026-11-21T10:00:00.000Z';
const holder: Holder = { pid: 4711, host: 'here', since: SINCE, command: 'up' };
const machine = (start: number | undefined): Machine => ({ host: 'here', processStart: () => start });

describe('isStale', () => {
  test('a lock of a process that is gone is stale', () => {
    expect(isStale(holder, machine(undefined))).toBe(true);
  });

  test('a lock of a living process that is older than it is not', () => {
    expect(isStale(holder, machine(Date.parse(SINCE) - 60_000))).toBe(false);
  });

  test('a lock whose process number went to a younger process is stale', () => {
    expect(isStale(holder, machine(Date.parse(SINCE) + 60_000))).toBe(true);
  });

  test('a lock taken within the rounding of the start time is not', () => {
    expect(isStale(holder, machine(Date.parse(SINCE) + 900))).toBe(false);
  });

  test('a living process of unknown age holds its lock', () => {
    expect(isStale(holder, machine(0))).toBe(false);
  });

  test('a lock of another host is never called stale', () => {
    expect(isStale({ ...holder, host: 'elsewhere' }, machine(undefined))).toBe(false);
  });
});

describe('lockStack', () => {
  let folder: string;
  let context: Context;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-lock-'));
    writeFileSync(join(folder, 'Pulumi.yaml'), 'name: slipway\n');
    const { stdin, stdout, stderr } = process;
    context = { projectDir: folder, env: { PULUMI_BACKEND_URL: `file://${folder}/state` }, stdin, stdout, stderr };
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const own = (): string => join(folder, '.slipway', 'locks', 'dev.json');
  const pulumis = (): string => join(stackPaths(join(folder, 'state'), 'slipway', 'dev').locks, 'a-b-c.json');
  const leave = (path: string, content: unknown): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(content));
  };
  const living = thisMachine();
  const failureOf = (action: () => unknown): CommandFailure => {
    try {
      action();
    } catch (error) {
      if (error instanceof CommandFailure) return error;
      throw error;
    }
    throw new Error('no failure');
  };

  test('turns a second operation away at once, naming the first', () => {
    const lock = lockStack(context, 'dev', 'up');
    const failure = failureOf(() => lockStack(context, 'dev', 'down'));
    expect(failure.exitCode).toBe(EXIT.busy);
    expect(failure.message).toContain(`\`up\` (pid ${process.pid} on ${living.host}, since `);
    lock.release();
  });

  test('can be taken again after its release', () => {
    lockStack(context, 'dev', 'up').release();
    expect(existsSync(own())).toBe(false);
    lockStack(context, 'dev', 'up').release();
  });

  test('does not keep another stack waiting', () => {
    const lock = lockStack(context, 'dev', 'up');
    lockStack(context, 'test', 'up').release();
    lock.release();
  });

  test('takes over from a process that is gone, and says so', () => {
    leave(own(), { ...holder, host: living.host });
    const gone: Machine = { ...living, processStart: (pid) => (pid === 4711 ? undefined : living.processStart(pid)) };
    const lock = lockStack(context, 'dev', 'up', gone);
    expect(lock.cleared).toEqual([
      `cleared the stale lock of \`up\` (pid 4711 on ${living.host}, since ${SINCE}): that process is gone`,
    ]);
    expect(JSON.parse(readFileSync(own(), 'utf8'))).toMatchObject({ pid: process.pid });
    lock.release();
  });

  test.each([
    ['the command', own, (): string => `rm ${own()}`],
    ['Pulumi', pulumis, (): string => 'pulumi cancel --yes --stack dev'],
  ] as const)('leaves a lock of %s on another host, and says how to clear one that is stale', (_, path, clear) => {
    leave(path(), { pid: 4711, hostname: 'elsewhere', timestamp: SINCE });
    const { exitCode, message } = failureOf(() => lockStack(context, 'dev', 'up'));
    expect(exitCode).toBe(EXIT.busy);
    expect(message).toContain(`can only be seen on elsewhere, and this is ${living.host}`);
    expect(message).toContain(`its lock is stale: \`${clear()}\` clears it`);
    expect(existsSync(path())).toBe(true);
  });

  test("clears Pulumi's own lock where its process is gone", () => {
    leave(pulumis(), { pid: 4711, username: 'root', hostname: living.host, timestamp: SINCE });
    const gone: Machine = { ...living, processStart: (pid) => (pid === 4711 ? undefined : living.processStart(pid)) };
    const lock = lockStack(context, 'dev', 'up', gone);
    expect(lock.cleared).toHaveLength(1);
    expect(existsSync(pulumis())).toBe(false);
    lock.release();
  });

  test('respects a lock of a living Pulumi, and leaves none of its own', () => {
    leave(pulumis(), {
      pid: process.pid,
      username: 'root',
      hostname: living.host,
      timestamp: new Date().toISOString(),
    });
    const failure = failureOf(() => lockStack(context, 'dev', 'up'));
    expect(failure.exitCode).toBe(EXIT.busy);
    expect(failure.message).toContain(`\`pulumi\` (pid ${process.pid}`);
    expect(existsSync(own())).toBe(false);
    expect(existsSync(pulumis())).toBe(true);
  });
});

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { withLock } from '../../../tools/setup/lock.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-lock-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const quiet = (): void => undefined;

describe('withLock', () => {
  it('lets one in at a time, and leaves nothing behind', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await sleep(5);
      inside--;
    };
    await Promise.all([1, 2, 3].map(() => withLock(join(folder, 'lock'), quiet, work)));
    expect(most).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says whom it waits for', async () => {
    const told: string[] = [];
    const first = withLock(join(folder, 'lock'), quiet, () => sleep(50));
    await withLock(
      join(folder, 'lock'),
      (line) => told.push(line),
      () => Promise.resolve(),
    );
    await first;
    expect(told).toEqual([`waiting for another setup to finish (process ${process.pid})`]);
  });

  it('takes over from an owner that has died', async () => {
    const { pid } = spawnSync('true');
    mkdirSync(join(folder, 'lock'));
    writeFileSync(join(folder, 'lock', 'owner.json'), JSON.stringify({ pid }));
    await expect(withLock(join(folder, 'lock'), quiet, () => Promise.resolve('done'))).resolves.toBe('done');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is free again after a failure', async () => {
    const failing = withLock(join(folder, 'lock'), quiet, () => Promise.reject(new Error('broke')));
    await expect(failing).rejects.toThrow('broke');
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  });
});

import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from './errors.mjs';
import { isRecord, readJson } from './files.mjs';

let count = 0;

/**
 * Holds a lock while `work` runs, so that two setups at once do not hurt each other. The lock is a folder with its
 * owner's process id in it; one whose owner has died is taken over.
 * @template T
 * @param {string} folder
 * @param {(line: string) => void} report told once when there is something to wait for
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(folder, report, work) {
  let told = false;
  while (!tryToTake(folder)) {
    const owner = ownerOf(folder);
    if (owner !== undefined && !isAlive(owner)) {
      release(folder, owner);
      continue;
    }
    if (!told) report(`waiting for another setup to finish (process ${owner ?? 'unknown'})`);
    told = true;
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A folder that already names its owner is moved into place: moving fails where another lock stands, so that no lock is
 * ever seen without its owner.
 * @param {string} folder
 * @returns {boolean}
 */
function tryToTake(folder) {
  const candidate = `${folder}.${process.pid}.${count++}`;
  mkdirSync(dirname(folder), { recursive: true });
  mkdirSync(candidate);
  writeFileSync(join(candidate, 'owner.json'), JSON.stringify({ pid: process.pid }));
  try {
    renameSync(candidate, folder);
    return true;
  } catch (error) {
    rmSync(candidate, { recursive: true, force: true });
    const code = codeOf(error);
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a dead owner's lock, unless somebody else was faster and holds a new one by now.
 * @param {string} folder
 * @param {number} owner
 */
function release(folder, owner) {
  const aside = `${folder}.stale.${process.pid}.${count++}`;
  try {
    renameSync(folder, aside);
    if (ownerOf(aside) !== owner) renameSync(aside, folder);
  } catch {
    return;
  }
  rmSync(aside, { recursive: true, force: true });
}

/**
 * @param {string} folder
 * @returns {number | undefined}
 */
function ownerOf(folder) {
  const owner = readJson(join(folder, 'owner.json'));
  return isRecord(owner) && typeof owner['pid'] === 'number' ? owner['pid'] : undefined;
}

/**
 * @param {number} pid
 * @returns {boolean}
 */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

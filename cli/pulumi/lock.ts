import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import type { Context } from '../context.ts';
import { backendFolder, projectName, stackPaths } from './backend.ts';

/** Who holds a lock. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
  /** What it does: `up`, `down`; for a lock of Pulumi's own, `pulumi`. */
  readonly command: string;
}

/** What can be known of the processes of this machine. */
export interface Machine {
  readonly host: string;
  /** When a process started, in ms since the epoch (0: it lives, but nobody knows since when); undefined: it is gone. */
  readonly processStart: (pid: number) => number | undefined;
}

/** By how much a process may seem younger than its lock, in ms: the kernel counts its start from a rounded boot time. */
const CLOCK_SLACK_MS = 3000;

/**
 * True if whoever took the lock is known to be gone: a process of this host that ended, or whose number went to a
 * younger process. A holder on another host can't be judged and counts as alive.
 */
export function isStale(holder: Holder, machine: Machine): boolean {
  if (holder.host !== machine.host) return false;
  const started = machine.processStart(holder.pid);
  return started === undefined || started > Date.parse(holder.since) + CLOCK_SLACK_MS;
}

/** A stack held by one operation of ours. */
export interface StackLock {
  /** Notes, for the user, on stale locks that were cleared on the way. */
  readonly cleared: readonly string[];
  readonly release: () => void;
}

/**
 * Holds `stack` for `command`, after clearing what dead processes of this host left: our lock, and Pulumi's own where
 * the backend is a folder.
 * @throws CommandFailure (busy) at once when another operation holds it
 */
export function lockStack(
  context: Context,
  stack: string,
  command: string,
  machine: Machine = thisMachine(),
): StackLock {
  const folder = join(context.projectDir, '.slipway', 'locks');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${stack}.json`);
  const self: Holder = { pid: process.pid, host: machine.host, since: new Date().toISOString(), command };
  const cleared: string[] = [];
  while (!create(path, self)) {
    const holder = readLock(path);
    if (holder === undefined) continue; // Released, or taken over, between the two looks.
    if (!isStale(holder, machine)) throw busy(stack, holder, machine, `rm ${path}`);
    if (takeAway(path, holder)) cleared.push(note(holder));
  }
  try {
    cleared.push(...clearPulumiLocks(context, stack, machine));
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
  return {
    cleared,
    release: () => {
      if (readLock(path)?.pid === self.pid) rmSync(path, { force: true });
    },
  };
}

/** Puts a complete lock file in place in one step; false: there is one already. */
function create(path: string, holder: Holder): boolean {
  const draft = `${path}.${holder.pid}`;
  writeFileSync(draft, `${JSON.stringify(holder)}\n`);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes a stale lock; if somebody else had replaced it by a fresh one just then, puts that back. */
function takeAway(path: string, stale: Holder): boolean {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch {
    return false; // Another process was quicker.
  }
  const taken = readLock(aside);
  const fresh = taken !== undefined && (taken.pid !== stale.pid || taken.since !== stale.since);
  if (fresh) create(path, taken);
  rmSync(aside, { force: true });
  return !fresh;
}

/** Clears Pulumi's locks of dead processes in a folder backend; other backends keep locks that only Pulumi can judge. */
function clearPulumiLocks(context: Context, stack: string, machine: Machine): string[] {
  const folder = backendFolder(context.projectDir, context.env);
  if (folder === undefined) return [];
  const { locks } = stackPaths(folder, projectName(context.projectDir), stack);
  return filesOf(locks).map((file) => {
    const path = join(locks, file);
    const holder = readLock(path);
    if (holder === undefined) return '';
    if (!isStale(holder, machine)) throw busy(stack, holder, machine, `pulumi cancel --yes --stack ${stack}`);
    rmSync(path, { force: true });
    rmSync(`${path}.attrs`, { force: true });
    return note(holder);
  });
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith('.json'));
  } catch {
    return []; // No operation has ever taken a lock there.
  }
}

/** Reads a lock of ours or of Pulumi's; undefined: it is gone, or was never completely written. */
function readLock(path: string): Holder | undefined {
  try {
    const data = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    const { pid, host = data['hostname'], since = data['timestamp'], command = 'pulumi' } = data;
    if (typeof pid !== 'number' || typeof host !== 'string' || typeof since !== 'string') return undefined;
    return { pid, host, since, command: typeof command === 'string' ? command : 'pulumi' };
  } catch {
    return undefined;
  }
}

/** @param clear the command that takes the lock away, for a holder that nobody here can judge */
function busy(stack: string, holder: Holder, machine: Machine, clear: string): CommandFailure {
  const held = `stack "${stack}" is held by another operation: ${describe(holder)}. Wait for it to end, or stop it.`;
  const elsewhere =
    `${held}\nWhether it still runs can only be seen on ${holder.host}, and this is ${machine.host}. ` +
    `If it does not, its lock is stale: \`${clear}\` clears it, and the next up repairs what it left.`;
  return new CommandFailure(EXIT.busy, holder.host === machine.host ? held : elsewhere);
}

function note(holder: Holder): string {
  return `cleared the stale lock of ${describe(holder)}: that process is gone`;
}

function describe(holder: Holder): string {
  return `\`${holder.command}\` (pid ${holder.pid} on ${holder.host}, since ${holder.since})`;
}

/** Looks at the processes of the machine that we run on. */
export function thisMachine(): Machine {
  return { host: hostname(), processStart };
}

function processStart(pid: number): number | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined;
  }
  try {
    // After the command's name in brackets, which may hold blanks, field 22 is the start in ticks of 10 ms since boot.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    if (fields[0] === 'Z') return undefined; // Ended; only its parent has not looked yet.
    const boot = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1];
    return Number(boot) * 1000 + Number(fields[19]) * 10;
  } catch {
    return 0;
  }
}

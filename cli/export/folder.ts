import { lstatSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { MARKER } from '../../config/compose/text.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { isSameTree } from './tree.ts';

/** All that an export writes into its folder. */
const OURS: readonly string[] = ['.gitignore', 'compose.yaml', 'files', 'images', 'secrets'];

/** What stands where an export is to go. */
export type Found = 'nothing' | 'an empty folder' | 'an earlier export';

/** A folder that an export may go to. */
export interface Target {
  /** Absolute, links resolved. */
  readonly path: string;
  readonly found: Found;
}

/**
 * Looks at where an export is to go.
 * @param marker first line of the compose.yaml that an earlier export of the same stack has written
 * @throws CommandFailure if anything else is there
 */
export function inspectTarget(path: string, marker: string): Target {
  const refuse = (what: string): CommandFailure =>
    new CommandFailure(
      EXIT.usage,
      `${path} ${what}; accepted: a new or empty folder, or an earlier export of this stack. Nothing was touched.`,
    );
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return { path, found: 'nothing' };
    const real = realpathSync(path);
    if (!lstatSync(real).isDirectory()) throw refuse('is no folder');
    const entries = readdirSync(real);
    if (entries.length === 0) return { path: real, found: 'an empty folder' };
    const first = entries.includes('compose.yaml') ? firstLine(join(real, 'compose.yaml')) : '';
    if (!first.startsWith(MARKER)) throw refuse('holds files that no export has written');
    if (first !== marker) throw refuse(`holds the export of another stack ("${first.slice(MARKER.length + 1)}")`);
    const others = entries.filter((entry) => !OURS.includes(entry));
    if (others.length > 0) throw refuse(`holds more than an export: ${others.join(', ')} would be lost`);
    return { path: real, found: 'an earlier export' };
  } catch (error) {
    throw error instanceof CommandFailure ? error : unusable(path, error);
  }
}

function firstLine(file: string): string {
  return readFileSync(file, 'utf8').split('\n', 1)[0] ?? '';
}

/** What to say when a folder can't be read or written. */
export function unusable(path: string, error: unknown): CommandFailure {
  const { code, message } = error as NodeJS.ErrnoException;
  const isDenied = code === 'EACCES' || code === 'EPERM';
  const advice = isDenied ? ' (an export by root can only be replaced by root)' : '';
  return new CommandFailure(EXIT.failed, `${path} can't be used: ${message}${advice}. Nothing was changed.`, {
    cause: error,
  });
}

/** A folder to fill, beside where it will stand. */
export interface Publication {
  readonly target: Target;
  readonly marker: string;
  /** Fills the folder that it is given. */
  readonly fill: (folder: string) => void;
  /** Throws where the work must not be finished. */
  readonly check: () => void;
}

/**
 * Fills a folder beside the target and puts it in its place in one step, so that nobody ever finds half of one. An
 * earlier export that is the same in every byte, mode and owner is left as it is.
 */
export async function publish({ target, marker, fill, check }: Publication): Promise<'written' | 'unchanged'> {
  const { path } = target;
  const fresh = join(dirname(path), `.${basename(path)}.slipway-${process.pid}`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    clearLeftovers(path);
    mkdirSync(fresh, { mode: 0o700 });
    fill(fresh);
    await setImmediate(); // A Ctrl-C that came while files were written is heard now.
    check();
    // Once more: somebody may have put something there in the meantime.
    const { found } = inspectTarget(path, marker);
    if (found === 'an earlier export' && isSameTree(fresh, path)) return 'unchanged';
    putInPlace(fresh, path, found);
    return 'written';
  } catch (error) {
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : unusable(path, error);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function putInPlace(fresh: string, path: string, found: Found): void {
  // Over an empty folder, or nothing, it is one step of the kernel's.
  if (found !== 'an earlier export') {
    renameSync(fresh, path);
    return;
  }
  const old = `${fresh}-old`;
  renameSync(path, old);
  try {
    renameSync(fresh, path);
  } catch (error) {
    renameSync(old, path);
    throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

/** Removes what exports to the same folder left that were killed: it may hold secrets. */
function clearLeftovers(path: string): void {
  const prefix = `.${basename(path)}.slipway-`;
  for (const entry of readdirSync(dirname(path))) {
    const pid = entry.startsWith(prefix) ? /^(\d+)(?:-old)?$/.exec(entry.slice(prefix.length))?.[1] : undefined;
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(dirname(path), entry), { recursive: true });
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false; // What bears our own number is of a process before us.
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

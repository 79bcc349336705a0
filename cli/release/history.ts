import { KEPT_RELEASES, type ReleaseRecord } from '../../config/release/types.ts';
import { toldBy } from './note.ts';
import type { Update } from './updates.ts';

/** A release, or an attempt that made none. */
export interface Entry {
  /** Absent: it made no release. */
  readonly release?: number;
  /** When it stood, or when the attempt began: ISO 8601. */
  readonly at: string;
  /** Absent: nobody knows, as somebody has run Pulumi itself. */
  readonly by?: string;
  /** `up`, `scale`, `rollback`, `down`; `pulumi` where somebody has run that itself. */
  readonly command: string;
  readonly message?: string;
  readonly rollbackTo?: number;
  /** `succeeded`, `failed`, `in-progress`. */
  readonly result: string;
  /** True: a rollback can go back to it. */
  readonly isKept: boolean;
  /** What differs from the release before. */
  readonly changes: ReleaseRecord['changes'];
  /** Secrets that have another value than in the release before. */
  readonly secrets: readonly string[];
}

/** Releases and, between them, what was tried and did not become one, newest first. What changed nothing is left out. Pure. */
export function historyOf(records: readonly ReleaseRecord[], updates: readonly Update[]): Entry[] {
  const made = new Map(records.map((record) => [record, updates.find((update) => isDuring(record, update))]));
  const releases = records.map((record, index) => releaseEntry(record, made.get(record), index < KEPT_RELEASES));
  const others = updates.filter((update) => ![...made.values()].includes(update) && isWorthTelling(update));
  return [...releases, ...others.map(attemptEntry)].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

/** The last attempt to release, where it has failed and no record was made since. Pure. */
export function failedSince(
  records: readonly ReleaseRecord[],
  updates: readonly Update[],
): { readonly rollbackTo?: number } | undefined {
  const [newest] = records;
  const last = updates.find(({ kind }) => kind === 'update');
  if (newest === undefined || last?.result !== 'failed' || secondOf(last.startTime) < secondOf(newest.at))
    return undefined;
  const rollbackTo = toldBy(last.message)?.rollbackTo;
  return rollbackTo === undefined ? {} : { rollbackTo };
}

function isDuring({ at }: ReleaseRecord, { kind, startTime, endTime }: Update): boolean {
  if (kind !== 'update') return false;
  return secondOf(startTime) <= secondOf(at) && (endTime === undefined || secondOf(at) <= secondOf(endTime));
}

function secondOf(time: string): number {
  return Math.floor(Date.parse(time) / 1000);
}

/** What failed, what took the stack down, and what has put something right, or made a release whose record is gone. */
function isWorthTelling({ kind, result, resourceChanges }: Update): boolean {
  if (kind === 'destroy') return true;
  const hasChanged = Object.keys(resourceChanges ?? {}).some((what) => what !== 'same');
  return kind === 'update' && (result !== 'succeeded' || hasChanged);
}

function releaseEntry(record: ReleaseRecord, update: Update | undefined, isKept: boolean): Entry {
  const { number: release, at, by, message, rollbackTo, changes, secrets } = record;
  const told = update && toldBy(update.message);
  return {
    release,
    at,
    by,
    command: told?.command ?? (rollbackTo === undefined ? 'up' : 'rollback'),
    ...(message !== undefined && { message }),
    ...(rollbackTo !== undefined && { rollbackTo }),
    // The record is made once all the rest stands; what is removed after it may still fail.
    result: update?.result ?? 'succeeded',
    isKept,
    changes,
    secrets,
  };
}

function attemptEntry({ kind, startTime, message, result }: Update): Entry {
  const { command, ...told } = toldBy(message) ?? { command: kind === 'destroy' ? 'down' : 'pulumi' };
  return { at: new Date(startTime).toISOString(), command, ...told, result, isKept: false, changes: [], secrets: [] };
}

import { KEPT_RELEASES, type ReleaseRecord } from './types.ts';

/** What a rollback is to go back to. */
export interface Wanted {
  /** Number of a release; absent: the one that a person means who says nothing. */
  readonly to?: number | undefined;
  /** Present: the last attempt since the newest release has failed; with the release that it was to bring back, if any. */
  readonly failed?: { readonly rollbackTo?: number } | undefined;
}

/**
 * The release that a rollback goes back to. Unless it is named: after an attempt that has failed the newest, or the one
 * that the attempt was to bring back; else the one before. Of a release that is a rollback itself it is that one again:
 * who runs the command twice does not mean back and forth. Pure.
 * @param records newest first
 * @returns the release, or why there is none
 */
export function rollbackTarget(records: readonly ReleaseRecord[], { to, failed }: Wanted): ReleaseRecord | string {
  const kept = records.slice(0, KEPT_RELEASES);
  const [newest, before] = kept;
  if (newest === undefined) return 'it has no release yet: `slipway up` makes one';
  const wanted = to ?? failed?.rollbackTo;
  if (wanted !== undefined) return kept.find(({ number }) => number === wanted) ?? notKept(records, wanted);
  if (failed !== undefined || newest.rollbackTo !== undefined) return newest;
  return before ?? `release ${newest.number} is the only one: there is none to go back to`;
}

function notKept(records: readonly ReleaseRecord[], number: number): string {
  const kept = records.slice(0, KEPT_RELEASES).map((record) => record.number);
  const isOld = number >= 1 && number < (kept.at(-1) ?? 1);
  const why = isOld ? `release ${number} is not kept any more` : `there is no release ${number}`;
  return `${why}; accepted: ${kept.join(', ')} (the last ${KEPT_RELEASES} are kept)`;
}

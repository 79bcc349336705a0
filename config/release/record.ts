import type { Plan } from '../plan/types.ts';
import { changedSecrets, releaseChanges } from './changes.ts';
import { packPlan, unpackPlan } from './pack.ts';
import {
  KEPT_RELEASES,
  LISTED_RELEASES,
  PLAN_FORMAT,
  type ReleasedImage,
  type ReleaseNote,
  type ReleaseRecord,
  type ReleaseState,
} from './types.ts';

/** A release that went through, to be recorded. */
export interface NewRelease {
  /** The resolved plan, as JSON. */
  readonly plan: string;
  readonly images: Readonly<Record<string, ReleasedImage>>;
  /** Values of secrets by name. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly version: string;
  readonly note: ReleaseNote;
}

/** Before the first release. */
export const NO_RELEASES: ReleaseState = { records: [], plans: {}, values: {} };

/**
 * The state with one more release in it, and without what is too old to be kept. Pure.
 * @param at ISO 8601
 */
export function recordRelease(state: ReleaseState, release: NewRelease, at: string): ReleaseState {
  const { images, secrets, version, note } = release;
  const last = state.records[0];
  const record: ReleaseRecord = {
    ...note,
    number: (last?.number ?? 0) + 1,
    at,
    version,
    format: PLAN_FORMAT,
    ...changesSince(state, release),
    images,
  };
  const records = [record, ...state.records].slice(0, LISTED_RELEASES);
  const kept = new Set(records.slice(0, KEPT_RELEASES).map(({ number }) => String(number)));
  const only = <T>(values: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(values).filter(([number]) => kept.has(number)));
  return {
    records,
    plans: only({ ...state.plans, [record.number]: packPlan(release.plan) }),
    values: only({ ...state.values, [record.number]: secrets }),
  };
}

/** Of the first release nothing is a change. */
function changesSince(state: ReleaseState, release: NewRelease): Pick<ReleaseRecord, 'changes' | 'secrets'> {
  const last = state.records[0];
  const plan = last && state.plans[last.number];
  if (!last || plan === undefined) return { changes: [], secrets: [] };
  return {
    changes: releaseChanges(
      { plan: unpackPlan(plan), images: last.images },
      { plan: JSON.parse(release.plan) as Plan, images: release.images },
    ),
    secrets: changedSecrets(state.values[last.number] ?? {}, release.secrets),
  };
}

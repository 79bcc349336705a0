import { comparePlans, type PlanDifference } from '../plan/compare.ts';
import type { Plan } from '../plan/types.ts';
import type { ReleasedImage } from './types.ts';

/** What a release runs, without its secrets. */
export interface Released {
  readonly plan: Plan;
  readonly images: Readonly<Record<string, ReleasedImage>>;
}

/** As much of a value as is kept of it, in characters. */
const LONGEST = 200;

/** Field by field, what differs between two releases: their plans, then the images that these name. Pure. */
export function releaseChanges(before: Released, after: Released): PlanDifference[] {
  return [...comparePlans(before.plan, after.plan), ...imageChanges(before.images, after.images)].map(
    ({ path, before: old, after: current }) => ({ path, before: shortened(old), after: shortened(current) }),
  );
}

/** Names of secrets whose values differ, or that only one side has, sorted. Pure. */
export function changedSecrets(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => before[name] !== after[name])
    .sort();
}

function imageChanges(before: Released['images'], after: Released['images']): PlanDifference[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((name) => {
    const [old, current] = [before[name], after[name]];
    if (old?.id === current?.id) return [];
    // The name of one that is built tells its content; that of another may have been given to a new one.
    const isRenamed = old?.name !== current?.name;
    const shown = (image: ReleasedImage | undefined): string | undefined => (isRenamed ? image?.name : image?.id);
    return [{ path: `images.${name}.id`, before: shown(old), after: shown(current) }];
  });
}

function shortened(value: unknown): unknown {
  if (typeof value === 'string') {
    if (value.includes('\n')) return `${value.trimEnd().split('\n').length} lines`;
    return value.length > LONGEST ? `${value.slice(0, LONGEST - 1)}…` : value;
  }
  const text = JSON.stringify(value) as string | undefined;
  return text !== undefined && text.length > 5 * LONGEST ? `${text.slice(0, LONGEST - 1)}…` : value;
}

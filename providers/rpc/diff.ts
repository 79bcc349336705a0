import type { Path, Value, Values } from './values.ts';
import { isValues } from './values.ts';

/** A difference that a preview shows and an `up` acts on. */
export interface Change {
  readonly path: Path;
  readonly kind: 'add' | 'delete' | 'update';
  /** Whether the resource has to be replaced for it; default no. */
  readonly replace?: boolean;
  /** False for a difference to the state, not to the old inputs; default true. */
  readonly inputDiff?: boolean;
}

/** What has to be done to a resource. No changes: nothing. */
export interface DiffResult {
  readonly changes: readonly Change[];
  /** Whether a replacement deletes the old resource first; default no. */
  readonly deleteBeforeReplace?: boolean;
}

/**
 * The differences from `olds` to `news`, down to single values, so that a preview names exactly what changes.
 * An unknown value differs from any known one.
 * @param replaces the properties (first key of a path) whose change needs a replacement, or a test of a path
 */
export function diffValues(
  olds: Values,
  news: Values,
  replaces: readonly string[] | ((path: Path) => boolean) = [],
): Change[] {
  const replacing = typeof replaces === 'function' ? replaces : ([key]: Path) => replaces.includes(String(key));
  return [...compare(olds, news, [])].map((change) => (replacing(change.path) ? { ...change, replace: true } : change));
}

function* compare(before: Value | undefined, after: Value | undefined, path: Path): Generator<Change> {
  // To Pulumi a null property is one that is not there.
  const [gone, absent] = [after ?? undefined, before ?? undefined].map((value) => value === undefined);
  if (gone === true && absent === true) return;
  if (absent === true) yield { path, kind: 'add' };
  else if (gone === true) yield { path, kind: 'delete' };
  else if (isValues(before) && isValues(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      yield* compare(before[key], after[key], [...path, key]);
    }
  } else if (Array.isArray(before) && Array.isArray(after)) {
    for (let at = 0; at < Math.max(before.length, after.length); at++) {
      yield* compare(before[at] as Value | undefined, after[at] as Value | undefined, [...path, at]);
    }
  } else if (before !== after) yield { path, kind: 'update' };
}

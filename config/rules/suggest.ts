import { issuePath } from '../plan/resolution.ts';
import type { Issue } from '../plan/types.ts';
import { error } from './rule.ts';

/** What may be written instead of `wrong`: the nearest name first, then all of them. */
export function knownNames(wrong: string, known: readonly string[]): string {
  if (known.length === 0) return 'there are none';
  const sorted = [...known].sort();
  const near = nearest(wrong, sorted);
  return `${near === undefined ? '' : `did you mean "${near}"? `}known: ${sorted.join(', ')}`;
}

/** A name that nothing has. */
export interface UnknownName {
  /** What it was taken for: `service`. */
  readonly noun: string;
  readonly name: string;
  readonly known: readonly string[];
  /** What should have it, where that is not the whole system. */
  readonly of?: string;
}

/** Something is named that does not exist; `path` begins with the namespace or the system. */
export function unknownName(path: readonly [string, ...string[]], { noun, name, known, of }: UnknownName): Issue {
  const [root, ...keys] = path;
  const owner = of === undefined ? '' : ` of "${of}"`;
  return error(issuePath(root, keys), `no ${noun} "${name}"${owner}`, knownNames(name, known));
}

/** The name that a slip of the fingers would turn into `wrong`; undefined if none is near. */
export function nearest(wrong: string, known: readonly string[]): string | undefined {
  const allowed = Math.max(1, Math.floor(wrong.length / 3));
  const ranked = known
    .map((name) => ({ name, slips: distance(wrong.toLowerCase(), name.toLowerCase()) }))
    .filter(({ slips }) => slips <= allowed)
    .sort((a, b) => a.slips - b.slips);
  return ranked[0]?.name;
}

/** Letters to add, drop, change or swap with the next one (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity;
  for (let row = 1; row <= a.length; row++) {
    rows.push([row]);
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      rows[row]?.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + same,
          swapped ? at(row - 2, column - 2) + 1 : Infinity,
        ),
      );
    }
  }
  return at(a.length, b.length);
}

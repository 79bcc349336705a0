/**
 * Where ports are chosen: below those that kernels hand out by themselves (Linux: from 32768 on), so that none is taken
 * by chance while its container is being replaced, and below Kubernetes' node ports (from 30000 on).
 */
const FIRST = 20_000;
const LAST = 29_999;
const COUNT = LAST - FIRST + 1;

/** What {@link chooseNumbers} works from. */
export interface NumbersRequest {
  /** What wants a number. */
  readonly wanted: readonly string[];
  /** What each has; it stays. */
  readonly kept: Readonly<Record<string, number>>;
  /** Numbers that others have. */
  readonly taken: ReadonlySet<number>;
  /** Where in the range the search begins, so that stacks that choose at the same moment rarely choose the same. */
  readonly start: number;
}

/** Gives each that wants one a number that nobody has: the same answer for the same request. */
export function chooseNumbers(request: NumbersRequest): { numbers: Record<string, number> } | { problem: string } {
  const { wanted, kept, start } = request;
  const taken = new Set([...request.taken, ...Object.values(kept)]);
  const numbers: Record<string, number> = {};
  let next = start;
  for (const key of [...wanted].sort()) {
    const free = kept[key] ?? firstFree(next, taken);
    if (free === undefined) return { problem: `no port from ${FIRST} to ${LAST} is free` };
    if (kept[key] === undefined) next = free - FIRST + 1;
    numbers[key] = free;
    taken.add(free);
  }
  return { numbers };
}

function firstFree(start: number, taken: ReadonlySet<number>): number | undefined {
  for (let step = 0; step < COUNT; step++) {
    const candidate = FIRST + ((start + step) % COUNT);
    if (!taken.has(candidate)) return candidate;
  }
  return undefined;
}

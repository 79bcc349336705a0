import { byCodeUnit, sortedEntries } from './sort.ts';

/** Who waits for whom: name → names. Names that are no keys are passed over. */
export type Graph = Readonly<Record<string, readonly string[]>>;

/** The cycles of a graph, each once, from its first name in alphabetical order back to it: `[a, b, a]`. */
export function findCycles(graph: Graph): string[][] {
  const cycles = new Map<string, string[]>();
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    const start = path.indexOf(name);
    if (start >= 0) {
      const cycle = fromFirst(path.slice(start));
      cycles.set(cycle.join(' '), cycle);
      return;
    }
    if (done.has(name)) return;
    for (const next of [...(graph[name] ?? [])].sort(byCodeUnit)) visit(next, [...path, name]);
    done.add(name);
  };
  for (const [name] of sortedEntries(graph)) visit(name, []);
  return [...cycles.values()];
}

function fromFirst(cycle: readonly string[]): string[] {
  const first = [...cycle].sort(byCodeUnit)[0] ?? '';
  const at = cycle.indexOf(first);
  return [...cycle.slice(at), ...cycle.slice(0, at), first];
}

/**
 * Names in waves: each wave waits for nothing but earlier waves, so that all of it may start at once. What is in a cycle
 * or waits for one is left out.
 */
export function waves(graph: Graph): string[][] {
  const result: string[][] = [];
  const placed = new Set<string>();
  for (;;) {
    const wave = sortedEntries(graph)
      .filter(
        ([name, waits]) =>
          !placed.has(name) && waits.every((other) => placed.has(other) || !Object.hasOwn(graph, other)),
      )
      .map(([name]) => name);
    if (wave.length === 0) return result;
    wave.forEach((name) => placed.add(name));
    result.push(wave);
  }
}

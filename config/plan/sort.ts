/** Order by code unit: the same on every machine, whatever its locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The entries of a map, sorted by key. */
export function sortedEntries<T>(map: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(map).sort(([a], [b]) => byCodeUnit(a, b));
}

/** The map with its keys in order. */
export function sortedRecord<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(sortedEntries(map));
}

/** The texts sorted, each once. */
export function sortedSet(texts: Iterable<string>): string[] {
  return [...new Set(texts)].sort(byCodeUnit);
}

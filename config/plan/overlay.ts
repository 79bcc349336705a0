type Tree = Readonly<Record<string, unknown>>;

/** Lays `overlay` over `base`: maps merge by key, null removes a key, everything else (lists too) replaces. */
export function mergeOverlay(base: unknown, overlay: unknown): unknown {
  if (overlay === undefined) return base;
  if (!isTree(overlay)) return overlay;
  const under = isTree(base) ? base : {};
  const merged = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(overlay)) {
    if (value === null) merged.delete(key);
    else if (value !== undefined) merged.set(key, mergeOverlay(under[key], value));
  }
  return Object.fromEntries(merged);
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

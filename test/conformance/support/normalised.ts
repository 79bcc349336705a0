import type { InState } from './stack.ts';

/**
 * Outputs in a form that is equal from run to run: what is random, or the engine's choice, as the name of what it is;
 * lists whose order means nothing sorted; what isn't there left out.
 */
export function normalised({ id, outputs }: InState, stack: string): unknown {
  const text = JSON.stringify(sorted(outputs))
    .replaceAll(id === '' ? '∅' : id, '<id>')
    .replaceAll(/sha256:[0-9a-f]{64}/g, '<digest>')
    .replaceAll(id.slice(0, 12) || '∅', '<short id>')
    .replaceAll(stack, '<stack>')
    .replaceAll(/-[0-9a-f]{7}\b/g, '-<random>')
    .replaceAll(/"macAddress":"[0-9a-f:]+"/g, '"macAddress":"<mac>"')
    .replaceAll(/"mountpoint":"[^"]*"/g, '"mountpoint":"<path>"');
  return JSON.parse(text) as unknown;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(sorted);
    const isOrdered = items.every((item) => typeof item === 'string' || typeof item !== 'object');
    return isOrdered ? items : items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, below]) => !isNothing(below));
  return Object.fromEntries(
    entries.map(([key, below]) => [key, sorted(below)]).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  );
}

/** Official plugins tell the difference between null, "" and [] in nothing that a program could notice. */
function isNothing(value: unknown): boolean {
  return (
    value === null || value === '' || value === false || value === 0 || (Array.isArray(value) && value.length === 0)
  );
}

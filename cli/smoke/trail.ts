import type { Paint } from '../context.ts';

/** One step of a piece of work on its way through the services. */
export interface Hop {
  readonly service: string;
  readonly event: string;
  /** Ms since the epoch. */
  readonly atMs: number;
  readonly replica?: string;
}

/** Reads the trail of an answer; what does not look like a step is passed over. */
export function trailOf(value: unknown): Hop[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown): Hop[] => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { service, event, at, replica } = entry as Record<string, unknown>;
    const atMs = typeof at === 'number' ? at : typeof at === 'string' ? Date.parse(at) : Number.NaN;
    if (typeof service !== 'string' || typeof event !== 'string' || Number.isNaN(atMs)) return [];
    return [{ service, event, atMs, ...(typeof replica === 'string' && { replica }) }];
  });
}

/** A trail for people: a line a step, each with its time after the first. */
export function trailLines(trail: readonly Hop[], paint: Paint): string[] {
  const startMs = trail[0]?.atMs ?? 0;
  const width = Math.max(0, ...trail.map((hop) => hop.service.length));
  const events = Math.max(0, ...trail.map((hop) => hop.event.length));
  return trail.map(({ service, event, atMs, replica }) => {
    const time = `+${atMs - startMs} ms`.padStart(10);
    const where = replica === undefined ? '' : paint('dim', `  ${replica}`);
    return `${time}  ${service.padEnd(width)}  ${replica === undefined ? event : event.padEnd(events)}${where}`;
  });
}

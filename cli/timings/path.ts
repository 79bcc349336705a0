import type { Part } from './parts.ts';
import type { Step } from './steps.ts';

/** A stretch of the critical path: what the whole waited for, from `fromMs` to `toMs`. */
export interface Stretch {
  /** Name of the step. */
  readonly name: string;
  /** The line of the report that it stands in. */
  readonly line: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** What was done in it. Before the first part, and between parts, things were handed on from one to the next. */
  readonly parts: readonly Part[];
}

/**
 * The chain of waits that made the total: from what ended last back to what it had waited for longest, and so on to
 * the beginning. The stretches follow each other without a gap and add up to the time of the last end. Pure.
 */
export function criticalPath(steps: readonly Step[]): Stretch[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const stretches: Stretch[] = [];
  let current = latest(steps);
  while (current !== undefined) {
    const before = latest(current.needs.flatMap((id) => byId.get(id) ?? []));
    const fromMs = before === undefined ? 0 : Math.min(before.toMs, current.toMs);
    const { name, line, toMs, parts } = current;
    const own = parts.map((part) => ({ ...part, fromMs: Math.max(part.fromMs, fromMs) }));
    stretches.unshift({ name, line, fromMs, toMs, parts: own.filter((part) => part.toMs > part.fromMs) });
    byId.delete(current.id); // No step twice, whatever the needs say.
    current = before;
  }
  return joined(stretches);
}

/** Of those that end last, the one that began last: the closest to the end. */
function latest(steps: readonly Step[]): Step | undefined {
  return steps.reduce<Step | undefined>(
    (best, step) =>
      best === undefined || step.toMs > best.toMs || (step.toMs === best.toMs && step.fromMs >= best.fromMs)
        ? step
        : best,
    undefined,
  );
}

/** Stretches of one thing that follow each other (a container, then its gate) are one. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const stretch of stretches) {
    const last = result.at(-1);
    if (last?.name === stretch.name) {
      result[result.length - 1] = { ...last, toMs: stretch.toMs, parts: [...last.parts, ...stretch.parts] };
    } else result.push(stretch);
  }
  return result;
}

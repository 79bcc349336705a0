import type { Doing, Part } from './parts.ts';
import type { Step } from './steps.ts';

/** A line of the report: a service, a job, a phase, or all of a kind. Times in ms since the command began. */
export interface Line {
  /** What its steps and the stretches of the critical path call it. */
  readonly line: string;
  /** The same for people: `networks (5)`. */
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** What ended last of all that it had to wait for; absent: it waited for nothing. */
  readonly waitedFor?: string;
  readonly parts: readonly Part[];
  readonly outcome: Step['outcome'];
}

/** The lines of a report, in the order in which they began. Pure. */
export function linesOf(steps: readonly Step[]): Line[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const groups = Map.groupBy(steps, (step) => step.line);
  return [...groups]
    .map(([line, group]): Line => {
      const waitedFor = lastBefore(group, byId);
      return {
        line,
        name: group.length > 1 && isCounted(line, group) ? `${line} (${group.length})` : line,
        fromMs: Math.min(...group.map(({ fromMs }) => fromMs)),
        toMs: Math.max(...group.map(({ toMs }) => toMs)),
        ...(waitedFor !== undefined && { waitedFor }),
        parts: group.flatMap(({ parts }) => parts),
        outcome: outcomeOf(group),
      };
    })
    .sort((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs);
}

/** True for lines of a kind, such as all networks: none of their steps is called as the line is. */
function isCounted(line: string, group: readonly Step[]): boolean {
  return group.every(({ name }) => name !== line && !name.startsWith(`${line} (`));
}

function lastBefore(group: readonly Step[], byId: ReadonlyMap<string, Step>): string | undefined {
  const outside = group.flatMap(({ needs, line }) =>
    needs.flatMap((id) => {
      const need = byId.get(id);
      return need === undefined || need.line === line ? [] : [need];
    }),
  );
  return outside.reduce<Step | undefined>(
    (best, step) => (best === undefined || step.toMs > best.toMs ? step : best),
    undefined,
  )?.name;
}

const WORST_FIRST: readonly Step['outcome'][] = ['failed', 'unfinished', 'done', 'removed', 'unchanged'];

function outcomeOf(group: readonly Step[]): Step['outcome'] {
  return WORST_FIRST.find((outcome) => group.some((step) => step.outcome === outcome)) ?? 'done';
}

/** For how long any of these parts went on, in ms: what went on at once counts once. */
export function lasted(parts: readonly Part[], doings: readonly Doing[]): number {
  let sum = 0;
  let untilMs = -Infinity;
  for (const { fromMs, toMs } of parts
    .filter(({ what }) => doings.includes(what))
    .sort((a, b) => a.fromMs - b.fromMs)) {
    sum += Math.max(0, toMs - Math.max(fromMs, untilMs));
    untilMs = Math.max(untilMs, toMs);
  }
  return sum;
}

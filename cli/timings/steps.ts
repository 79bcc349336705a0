import type { Plan } from '../../config/plan/types.ts';
import { isRemoval } from '../progress/progress.ts';
import { lineOf, nameOf } from './names.ts';
import { idOf, needsOf } from './needs.ts';
import { partsOf, type Part } from './parts.ts';
import type { Operation, Trace } from './trace.ts';

/** What the command itself did, one phase after the other. Times in ms since the command began. */
export interface Phase {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** True: the run of Pulumi's that the trace tells of. */
  readonly isRun?: boolean;
}

/** A piece of the work that is done at a stretch. Times in ms since the command began. */
export interface Step {
  readonly id: string;
  /** How a person calls it: `history`, `worker (replica 2)`, `network home`. */
  readonly name: string;
  /** The line of the report that it stands in. */
  readonly line: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** What it consisted of; they follow each other without a gap, from its begin to its end. */
  readonly parts: readonly Part[];
  /** Steps that had to end before it could begin, by id. */
  readonly needs: readonly string[];
  readonly outcome: 'done' | 'unchanged' | 'removed' | 'failed' | 'unfinished';
}

/** A command that has ended, as it was recorded. */
export interface Recording {
  readonly plan: Plan;
  readonly phases: readonly Phase[];
  readonly trace: Trace;
}

/** Everything that was done, in the order in which it began. Pure. */
export function stepsOf({ plan, phases, trace }: Recording): Step[] {
  const steps: Step[] = [];
  for (const phase of phases) {
    const needs = steps.length === 0 ? [] : [lastEnded(steps)];
    if (phase.isRun === true) steps.push(...runSteps(phase, needs, trace, plan));
    else steps.push(phaseStep(phase.name, phase.fromMs, phase.toMs, needs));
  }
  return steps.sort((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs);
}

function lastEnded(steps: readonly Step[]): string {
  return steps.reduce((latest, step) => (step.toMs >= latest.toMs ? step : latest)).id;
}

function phaseStep(name: string, fromMs: number, toMs: number, needs: readonly string[]): Step {
  return { id: name, name, line: name, fromMs, toMs, parts: [{ what: 'took', fromMs, toMs }], needs, outcome: 'done' };
}

/** Pulumi's own start, the program's, every resource, and Pulumi's own end. */
function runSteps(run: Phase, before: readonly string[], trace: Trace, plan: Plan): Step[] {
  const { operations } = trace;
  const firstMs = operations[0]?.beganMs;
  const upMs = trace.preludeMs ?? trace.refreshed?.fromMs ?? trace.connectedMs ?? firstMs ?? run.toMs;
  const start = phaseStep('pulumi', run.fromMs, upMs, before);
  if (upMs === run.toMs) return [start];
  const refresh = trace.refreshed && phaseStep('refresh', upMs, trace.refreshed.toMs, [start.id]);
  const beforeProgram = refresh ?? start;
  const declaredMs = trace.declaredMs ?? firstMs ?? run.toMs;
  const program = programStep(beforeProgram, trace.connectedMs ?? beforeProgram.toMs, declaredMs);
  const own = [start, ...(refresh ? [refresh] : []), program];
  const steps = [...own, ...operationSteps(operations, { plan, runEndMs: run.toMs, program })];
  const lastMs = Math.max(...steps.map(({ toMs }) => toMs));
  const hasEnded = steps.every(({ outcome }) => outcome !== 'unfinished');
  return hasEnded ? [...steps, phaseStep('pulumi ends', lastMs, run.toMs, [lastEnded(steps)])] : steps;
}

function programStep(before: Step, connectedMs: number, toMs: number): Step {
  const fromMs = before.toMs;
  const parts: Part[] = [
    { what: 'loading', fromMs, toMs: connectedMs },
    { what: 'planning', fromMs: connectedMs, toMs },
  ];
  const shown = parts.filter((part) => part.toMs > part.fromMs);
  return {
    id: 'program',
    name: 'program',
    line: 'program',
    fromMs,
    toMs,
    parts: shown,
    needs: [before.id],
    outcome: 'done',
  };
}

interface Surroundings {
  readonly plan: Plan;
  readonly runEndMs: number;
  /** The step that has to end before any resource can be asked for. */
  readonly program: Step;
}

function operationSteps(operations: readonly Operation[], { plan, runEndMs, program }: Surroundings): Step[] {
  const steps = new Map<string, Step>();
  const ended = new Map(operations.map((operation) => [idOf(operation), operation.endedMs ?? Infinity]));
  for (const operation of operations) {
    const id = idOf(operation);
    const needs = needsOf(operation, operations, plan).filter(
      (need) => (ended.get(need) ?? Infinity) <= operation.beganMs,
    );
    const freeMs = Math.max(program.toMs, ...needs.map((need) => ended.get(need) ?? 0));
    const fromMs = Math.min(operation.beganMs, Math.max(askedMs(operation), freeMs));
    const toMs = operation.endedMs ?? runEndMs;
    steps.set(id, {
      ...{ id, fromMs, toMs, name: nameOf(operation, plan), line: lineOf(operation, plan) },
      parts: partsOf(operation, fromMs, toMs, plan),
      needs: needs.length === 0 ? [program.id] : needs,
      outcome: outcomeOf(operation),
    });
  }
  return [...steps.values()];
}

/** When a step could begin as far as its own resource goes. Nobody asks for Pulumi's default providers. */
function askedMs({ askedMs, beganMs, type }: Operation): number {
  return askedMs ?? (type.startsWith('pulumi:providers:') ? 0 : beganMs);
}

function outcomeOf(operation: Operation): Step['outcome'] {
  if (operation.failed) return 'failed';
  if (operation.endedMs === undefined) return 'unfinished';
  if (isRemoval(operation.op)) return 'removed';
  return operation.op === 'same' ? 'unchanged' : 'done';
}

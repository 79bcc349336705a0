import { writeFileSync } from 'node:fs';
import type { Plan } from '../../config/plan/types.ts';
import { paintFor, writeLine, type Context } from '../context.ts';
import { linesOf } from './lines.ts';
import { criticalPath } from './path.ts';
import type { Recorded } from './recorder.ts';
import { reportText, type Timings } from './report.ts';
import { stepsOf } from './steps.ts';
import type { Target } from './target.ts';
import { traceOf } from './trace.ts';
import { waterfall } from './waterfall.ts';

/** Where the time of a recorded command went. Pure. */
export function timingsOf(plan: Plan, { phases, events }: Recorded): Timings {
  const steps = stepsOf({ plan, phases, trace: traceOf(events) });
  const totalMs = phases.at(-1)?.toMs ?? 0;
  return { stack: plan.stack, totalMs, lines: linesOf(steps), path: criticalPath(steps) };
}

/** Prints the report of a recorded command, and writes its picture or its data. */
export function showTimings(context: Context, plan: Plan, recorded: Recorded, target: Target): void {
  const timings = timingsOf(plan, recorded);
  const text = target.format === 'svg' ? waterfall(timings) : `${JSON.stringify(timings, undefined, 2)}\n`;
  writeFileSync(target.path, text);
  writeLine(
    context.stdout,
    `\n${reportText(timings, paintFor(context.stdout))}\n\n${target.format === 'svg' ? 'waterfall' : 'data'}: ${target.path}`,
  );
}

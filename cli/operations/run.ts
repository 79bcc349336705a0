import type { Context } from '../context.ts';
import { writeLine } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { cliFailure } from '../pulumi/cli.ts';
import type { Ahead } from '../pulumi/ahead.ts';
import type { EngineEvent } from '../pulumi/events.ts';
import type { Interrupts } from '../pulumi/interrupts.ts';
import { runOperation } from '../pulumi/runner.ts';
import type { Progress } from '../progress/progress.ts';
import { report } from '../progress/reporter.ts';
import type { Row } from '../progress/rows.ts';

/** An operation that people watch. */
export interface Watched {
  /** What is done, e.g. `bringing up dev`. */
  readonly title: string;
  readonly args: readonly string[];
  /** The command that goes on from where it is stopped; default: `up`. */
  readonly again?: string;
  readonly rows: (progress: Progress) => Row[];
  readonly interrupts: Interrupts;
  readonly ahead: Ahead;
  /** Hears every engine event too. */
  readonly onEvent?: (event: EngineEvent) => void;
}

/** How it ended. */
export interface Ended {
  readonly exitCode: number;
  readonly progress: Progress;
}

/**
 * Runs an operation of Pulumi's with live progress and a clean stop on Ctrl-C.
 * @throws CommandFailure if Pulumi refused before it did anything
 */
export async function watch(context: Context, watched: Watched): Promise<Ended> {
  const { interrupts, again = 'up' } = watched;
  const reporter = report(context, watched.title, watched.rows);
  interrupts.listen((times) => {
    reporter.note(
      times === 1
        ? `stopping: waiting for what is in flight; the next ${again} goes on from here`
        : `stopping at once: what was in flight is put right by the next ${again}`,
    );
  });
  const onEvent = (event: EngineEvent): void => {
    reporter.onEvent(event);
    watched.onEvent?.(event);
  };
  const run = runOperation(context, { args: watched.args, onEvent, interrupts, ahead: watched.ahead });
  const result = await run.finally(reporter.end);
  const progress = reporter.progress();
  for (const warning of new Set(progress.warnings)) writeLine(context.stderr, `warning: ${warning}`);
  if (result.interrupted) return { exitCode: EXIT.interrupted, progress };
  if (result.exitCode !== 0 && progress.problems.length === 0) {
    throw cliFailure(`${watched.title} failed`, result.stderr);
  }
  return { exitCode: result.exitCode === 0 ? EXIT.ok : EXIT.failed, progress };
}

/** Ends a command that was interrupted before its operation began. */
export function stopIfInterrupted(interrupts: Interrupts): void {
  if (interrupts.signal.aborted) throw new CommandFailure(EXIT.interrupted, 'interrupted; nothing was changed');
}

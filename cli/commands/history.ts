import type { Context, StackOption } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { readState } from '../pulumi/state.ts';
import { historyOf } from '../release/history.ts';
import { releasesIn } from '../release/read.ts';
import { historyText } from '../release/show.ts';
import { readUpdates } from '../release/updates.ts';

/** What may be asked of `history`. */
export interface HistoryOptions extends StackOption {
  readonly json?: boolean;
  /** True: every field that changed. */
  readonly all?: boolean;
  /** Most entries to show. */
  readonly limit: number;
}

/** How many runs are asked for to find as many that are worth telling: most change nothing. */
const RUNS_FOR_EACH = 5;

/** Shows the releases of a stack, and attempts that became none: when, who, result, and what changed field by field. */
export async function history(context: Context, { stack, json, all, limit }: HistoryOptions): Promise<number> {
  const state = await readState(context, stack);
  if (!state.exists) {
    throw new CommandFailure(
      EXIT.failed,
      `stack "${stack}" was never brought up: \`slipway up --stack ${stack}\` does`,
    );
  }
  const { records } = releasesIn(state);
  const updates = await readUpdates(context, stack, Math.max(50, limit * RUNS_FOR_EACH));
  const entries = historyOf(records, updates).slice(0, limit);
  writeLine(
    context.stdout,
    json === true
      ? JSON.stringify({ stack, history: entries }, undefined, 2)
      : historyText(entries, { stack, all: all === true }, paintFor(context.stdout)),
  );
  return EXIT.ok;
}

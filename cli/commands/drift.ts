import type { Context, StackOption } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import { driftData, driftText } from '../drift/show.ts';
import { survey } from '../drift/survey.ts';
import type { Drift } from '../drift/types.ts';
import { CommandFailure, DRIFT_EXIT, EXIT } from '../exit-codes.ts';
import { reachHost } from '../hosts/host.ts';
import { stackOption } from '../output/format.ts';
import { stopIfInterrupted } from '../operations/run.ts';
import { offset } from '../progress/plain.ts';
import { takeInterrupts } from '../pulumi/interrupts.ts';
import { lockStack } from '../pulumi/lock.ts';
import { instanceOf, readState } from '../pulumi/state.ts';
import { loadPlan } from '../stack-plan.ts';

/** What may be asked of `drift`. */
export interface DriftOptions extends StackOption {
  readonly json?: boolean;
}

/**
 * Shows where a host differs from what the stack has made there; changes nothing.
 * @throws CommandFailure with exit code 1 whatever is wrong: 2 is drift
 */
export async function drift(context: Context, options: DriftOptions): Promise<number> {
  try {
    return await compareStack(context, options);
  } catch (error) {
    if (!(error instanceof CommandFailure) || error.exitCode === EXIT.interrupted) throw error;
    throw new CommandFailure(DRIFT_EXIT.failed, error.message, { cause: error });
  }
}

async function compareStack(context: Context, { stack, json }: DriftOptions): Promise<number> {
  const { plan } = await loadPlan(context.projectDir, stack);
  // While another operation is under way nothing stands still that could be compared.
  const lock = lockStack(context, stack, 'drift');
  // What is looked through is removed again, whoever does not want to wait for it.
  const interrupts = takeInterrupts();
  try {
    const [host, state] = await Promise.all([reachHost(context, plan), readState(context, stack)]);
    if (instanceOf(state) === undefined) {
      const up = `slipway up${stackOption(stack)}`;
      throw new CommandFailure(EXIT.failed, `stack "${stack}" was never brought up: \`${up}\` does`);
    }
    const found = await patiently(context, (onLook) => survey(context, { host, stack, state }, onLook));
    stopIfInterrupted(interrupts);
    writeLine(
      context.stdout,
      json === true
        ? JSON.stringify(driftData(plan, found), undefined, 2)
        : driftText(plan, found, paintFor(context.stdout)),
    );
    return found.findings.length === 0 ? DRIFT_EXIT.none : DRIFT_EXIT.drift;
  } finally {
    interrupts.dispose();
    lock.release();
  }
}

/** How long one may look without a word, in ms. */
const SILENCE_MS = 3000;

/** Says now and then what is being looked at, where it takes long. */
async function patiently(context: Context, work: (onLook: (what: string) => void) => Promise<Drift>): Promise<Drift> {
  const startedMs = Date.now();
  let looking = 'the host';
  const timer = setInterval(() => {
    writeLine(context.stderr, `${offset(startedMs, Date.now())} still looking at ${looking}`);
  }, SILENCE_MS);
  try {
    return await work((what) => {
      looking = what;
    });
  } finally {
    clearInterval(timer);
  }
}

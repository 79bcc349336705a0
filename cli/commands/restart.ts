import type { Plan } from '../../config/plan/types.ts';
import type { Context, StackOption } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { containersOf, type StackContainer } from '../hosts/containers.ts';
import { reachHost, type Host } from '../hosts/host.ts';
import { stopIfInterrupted } from '../operations/run.ts';
import { stackOption } from '../output/format.ts';
import { report } from '../progress/reporter.ts';
import type { Row } from '../progress/rows.ts';
import { takeInterrupts, type Interrupts } from '../pulumi/interrupts.ts';
import { lockStack } from '../pulumi/lock.ts';
import { instanceOf, readState } from '../pulumi/state.ts';
import { releasesIn } from '../release/read.ts';
import { readyAmong, recover } from '../restart/others.ts';
import { prepareRoll, rolling } from '../restart/roll.ts';
import { rowsOfRestart } from '../restart/rows.ts';
import { brokenText, doneText, type Over } from '../restart/show.ts';
import { Restart } from '../restart/steps.ts';
import { chosenServices, targetsOf, type Targets, type Wave } from '../restart/targets.ts';
import { checkServices } from '../running-stack.ts';
import { loadPlan } from '../stack-plan.ts';

/** What may be asked of `restart`. */
export type RestartOptions = StackOption;

/**
 * Restarts services, all unless some are named. What can only be one is restarted where it stands, each container waited
 * for until it is healthy; then the others roll: new containers of the same making, through the gates of every release.
 */
export async function restart(context: Context, names: readonly string[], { stack }: RestartOptions): Promise<number> {
  const startedMs = Date.now();
  const { plan } = await loadPlan(context.projectDir, stack);
  checkServices(plan, names);
  checkNoJobs(plan, names);
  const state = await readState(context, stack);
  const [release] = releasesIn(state).records;
  // Without a record of what runs nothing can be made once more: everything is restarted where it stands.
  const rolled = release ? rolling(plan, names) : [];
  // What keeps the second half from going is said before the first one touches anything.
  const roll =
    release && rolled.length > 0
      ? await prepareRoll(context, { stack, services: rolled, state, release, startedMs })
      : undefined;
  const code = await inPlace(context, { plan, names, rolled, startedMs });
  return code !== EXIT.ok || roll === undefined ? code : roll();
}

async function inPlace(
  context: Context,
  {
    plan,
    names,
    rolled,
    startedMs,
  }: { plan: Plan; names: readonly string[]; rolled: readonly string[]; startedMs: number },
): Promise<number> {
  const chosen = chosenServices(plan, names)
    .map(({ name }) => name)
    .filter((name) => !rolled.includes(name));
  if (chosen.length === 0) return EXIT.ok;
  const interrupts = takeInterrupts();
  try {
    return await hold(context, plan, chosen, interrupts, startedMs);
  } finally {
    interrupts.dispose();
  }
}

async function hold(
  context: Context,
  plan: Plan,
  names: readonly string[],
  interrupts: Interrupts,
  startedMs: number,
): Promise<number> {
  const lock = lockStack(context, plan.stack, 'restart');
  try {
    for (const note of lock.cleared) writeLine(context.stderr, note);
    const state = await readState(context, plan.stack);
    const { waves } = checkTargets(plan, targetsOf(plan, state, names));
    const host = await reachHost(context, plan);
    const ready = await readyAmong(host.docker, await containersOf(host.docker, instanceOf(state)));
    stopIfInterrupted(interrupts);
    const over = await carryOut(context, { plan, waves, host, ready, interrupts });
    return conclude(context, { ...over, tookMs: Date.now() - startedMs }, interrupts);
  } finally {
    lock.release();
  }
}

/** What there is to do, and with what. */
interface Work {
  readonly plan: Plan;
  readonly waves: readonly Wave[];
  readonly host: Host;
  /** Containers that are well before anything is done. */
  readonly ready: readonly StackContainer[];
  readonly interrupts: Interrupts;
}

async function carryOut(context: Context, work: Work): Promise<Omit<Over, 'tookMs'>> {
  const { plan, waves, host, interrupts } = work;
  const { handsOn } = await import('../restart/hands.ts');
  const leave = new AbortController();
  const restarting = new Restart(waves, handsOn(host, leave.signal), interrupts.signal);
  const { steps } = restarting;
  let ill: readonly string[] = [];
  const rows = (): Row[] => rowsOfRestart(waves, steps, ill);
  const reporter = report(context, `restarting ${plan.stack}`, rows, () => true);
  interrupts.listen((times) => {
    reporter.note(times === 1 ? 'stopping: waiting for what is being restarted' : 'stopping at once');
    if (times > 1) leave.abort();
  });
  try {
    await restarting.run();
    if ([...steps.values()].every(({ is }) => is === 'done')) {
      await recover(host.docker, {
        containers: work.ready.filter(({ kind }) => kind === 'service'),
        withinMs: Math.max(...plan.services.map(({ rollout }) => rollout.healthTimeoutMs)),
        signal: interrupts.signal,
        onLook: (names) => {
          ill = names;
        },
      });
    }
  } finally {
    reporter.end();
  }
  return { stack: plan.stack, host: host.address, waves, steps, ill };
}

function conclude(context: Context, over: Over, interrupts: Interrupts): number {
  const steps = [...over.steps.values()];
  if (steps.every(({ is }) => is === 'done') && over.ill.length === 0) {
    writeLine(context.stdout, doneText(over, paintFor(context.stdout)));
    return EXIT.ok;
  }
  const isStopped = interrupts.signal.aborted && steps.every(({ is }) => is !== 'failed');
  writeLine(context.stderr, brokenText(over, isStopped, paintFor(context.stderr)));
  return isStopped ? EXIT.interrupted : EXIT.failed;
}

/** @throws CommandFailure (bad input) for what runs to completion */
function checkNoJobs({ services }: Plan, names: readonly string[]): void {
  const jobs = services.filter(({ name, kind }) => kind === 'job' && names.includes(name)).map(({ name }) => name);
  if (jobs.length === 0) return;
  throw new CommandFailure(
    EXIT.usage,
    `${jobs.join(', ')} runs to completion, and only what goes on running is restarted; nothing was touched`,
  );
}

/** @throws CommandFailure if some of it is not there */
function checkTargets({ stack }: Plan, targets: Targets): Targets {
  if (targets.missing.length === 0) return targets;
  throw new CommandFailure(
    EXIT.failed,
    `not there: ${targets.missing.join(', ')}. \`slipway up${stackOption(stack)}\` makes them; nothing was restarted.`,
  );
}

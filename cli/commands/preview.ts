import type { Forecast } from '../../config/effects/types.ts';
import type { Context, StackOption } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { containersOf } from '../hosts/containers.ts';
import type { Host } from '../hosts/host.ts';
import { findDrift } from '../drift/heal.ts';
import { dataAdvice } from '../drift/show.ts';
import { unseal } from '../drift/survey.ts';
import { hasLostContainer, lostReplicas } from '../operations/drift.ts';
import { cleanMessage } from '../operations/failure.ts';
import { onlyFor, refuseToShrink } from '../operations/only.ts';
import { planToDeploy } from '../operations/judge.ts';
import { checkAgainstHost, fitted } from '../operations/prepare.ts';
import { changesOf, type Change } from '../preview/changes.ts';
import { forecastText } from '../preview/forecast-text.ts';
import { forecastOf } from '../preview/forecast.ts';
import { changesText } from '../preview/show.ts';
import { begin, reduce } from '../progress/progress.ts';
import { startAhead, type Ahead } from '../pulumi/ahead.ts';
import { cliFailure } from '../pulumi/cli.ts';
import type { EngineEvent } from '../pulumi/events.ts';
import { takeInterrupts } from '../pulumi/interrupts.ts';
import { runOperation, type Operation } from '../pulumi/runner.ts';
import { ensureStack } from '../pulumi/stack.ts';
import { instanceOf, readState, type StackState } from '../pulumi/state.ts';
import { showWarnings, type StackPlan } from '../stack-plan.ts';

/** What may be asked of `preview`. */
export interface PreviewOptions extends StackOption {
  /** True: old and new values too. */
  readonly diff?: boolean;
  readonly expectNoChanges?: boolean;
  readonly json?: boolean;
  /** Services that alone would be brought up, with what they wait for; absent: all. */
  readonly only?: readonly string[];
}

/** Shows what `up` would do, after the same checks. */
export async function preview(context: Context, options: PreviewOptions): Promise<number> {
  const planned = await planToDeploy(context, options.stack, { only: options.only });
  return previewPlan(onlyFor(context, planned), options, planned);
}

/** Shows what bringing a stack to a plan would do. */
export async function previewPlan(context: Context, options: PreviewOptions, planned: StackPlan): Promise<number> {
  const ahead = startAhead(context, { program: true });
  try {
    return await show(context, options, planned, ahead);
  } finally {
    ahead.end();
  }
}

async function show(context: Context, options: PreviewOptions, planned: StackPlan, ahead: Ahead): Promise<number> {
  const state = await readState(context, options.stack);
  refuseToShrink(planned, state);
  const unsealed = unseal(context, options.stack, state);
  const host = await checkAgainstHost(context, planned, state);
  const containers = await containersOf(host.docker, instanceOf(state));
  const { drift, args } = await findDrift(context, { host, stack: options.stack, state, unsealed });
  for (const line of dataAdvice(drift.findings, options.stack)) writeLine(context.stderr, line);
  const isLost = lostReplicas(state, containers).length > 0 || hasLostContainer(state, containers);
  if (!state.exists) await ensureStack(context, options.stack);
  const interrupts = takeInterrupts();
  try {
    const more = isLost && !args.includes('--refresh') ? ['--refresh', ...args] : args;
    const events = await collect(context, options.stack, more, { interrupts, ahead });
    if (events === undefined) return EXIT.interrupted;
    const changes = changesOf(events);
    const forecast = await forecastFor(context, { planned, changes, state, host });
    const paint = paintFor(context.stdout);
    writeLine(
      context.stdout,
      options.json === true
        ? JSON.stringify({ stack: options.stack, changes, ...forecast }, undefined, 2)
        : changesText(options.stack, changes, options.diff === true, paint),
    );
    if (options.json !== true && changes.length > 0) writeLine(context.stdout, `\n${forecastText(forecast, paint)}`);
    return options.expectNoChanges === true && changes.length > 0 ? EXIT.failed : EXIT.ok;
  } finally {
    interrupts.dispose();
  }
}

/** What the changes come to; says so where the host has no room for what runs over the plan meanwhile. */
async function forecastFor(
  context: Context,
  about: { planned: StackPlan; changes: readonly Change[]; state: StackState; host: Host },
): Promise<Forecast> {
  const { planned, changes, state, host } = about;
  const [{ sizeOf }, { checkPeak }] = await Promise.all([
    import('../../engine/facts.ts'),
    import('../../config/rules/host.ts'),
  ]);
  const size = await sizeOf(host.docker);
  // The plan of an earlier release is as it was carried out.
  const { plan } = planned.earlier === undefined ? await fitted(context, planned, size) : planned;
  const forecast = forecastOf(plan, changes, state);
  await showWarnings(context, checkPeak(forecast.peak, size));
  return forecast;
}

/** The events of a preview; undefined: it was interrupted. */
async function collect(
  context: Context,
  stack: string,
  more: readonly string[],
  company: Pick<Operation, 'interrupts' | 'ahead'>,
): Promise<EngineEvent[] | undefined> {
  const events: EngineEvent[] = [];
  const result = await runOperation(context, {
    args: ['preview', '--stack', stack, '--parallel', '64', '--suppress-outputs', ...more],
    onEvent: (event) => events.push(event),
    ...company,
  });
  if (result.interrupted) return undefined;
  if (result.exitCode === 0) return events;
  const { problems } = events.reduce((progress, event) => reduce(progress, event, 0), begin(0));
  if (problems.length === 0) throw cliFailure('the preview failed', result.stderr);
  const causes = problems.map(({ service, name, message }) => {
    const subject = service ?? name;
    return `  ${subject === undefined ? '' : `${subject}: `}${cleanMessage(message).replaceAll('\n', '\n  ')}`;
  });
  throw new CommandFailure(EXIT.failed, `the preview failed; nothing was touched\n${causes.join('\n')}`);
}

import type { Plan } from '../../config/plan/types.ts';
import { noteOf } from '../../config/release/handover.ts';
import { operator } from '../../engine/operator.ts';
import type { Context, StackOption } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { reachHost, type Host } from '../hosts/host.ts';
import { canAsk, confirm } from '../operations/confirm.ts';
import { failureText, isMerelyStopped } from '../operations/failure.ts';
import { keptText } from '../operations/kept.ts';
import { repair } from '../operations/prepare.ts';
import { stopIfInterrupted, watch } from '../operations/run.ts';
import { stopAll, stopsOf } from '../operations/stopping.ts';
import { removalRowsOf } from '../progress/rows.ts';
import { seconds } from '../progress/timeline.ts';
import { startAhead } from '../pulumi/ahead.ts';
import { pulumi } from '../pulumi/cli.ts';
import type { EngineEvent } from '../pulumi/events.ts';
import { takeInterrupts, type Interrupts } from '../pulumi/interrupts.ts';
import { lockStack } from '../pulumi/lock.ts';
import type { Operation } from '../pulumi/runner.ts';
import { readState, servicesIn, type StackState } from '../pulumi/state.ts';
import { updateMessage } from '../release/note.ts';
import { loadPlan } from '../stack-plan.ts';

/** What may be asked of `down`. */
export interface DownOptions extends StackOption {
  /** True: data volumes and secrets go too. */
  readonly volumes?: boolean;
  readonly yes?: boolean;
}

/** Removes what runs of a stack; with `volumes`, all that it has. */
export async function down(context: Context, options: DownOptions): Promise<number> {
  const { plan } = await loadPlan(context.projectDir, options.stack);
  await askBeforeLoss(context, plan, options);
  const interrupts = takeInterrupts();
  const ahead = startAhead(context, { program: false });
  try {
    return await hold(context, plan, options, { interrupts, ahead });
  } finally {
    ahead.end();
    interrupts.dispose();
  }
}

/** In prod, data is removed only by somebody who has said so twice. */
async function askBeforeLoss(context: Context, plan: Plan, options: DownOptions): Promise<void> {
  if (options.volumes !== true || options.yes === true || plan.environment !== 'prod') return;
  if (!canAsk(context)) {
    throw new CommandFailure(
      EXIT.usage,
      'down --volumes in prod removes all data: without a terminal to ask on it needs --yes; nothing was touched',
    );
  }
  const volumes = plan.volumes
    .filter(({ keep }) => keep !== false)
    .map(({ name }) => name)
    .join(', ');
  const isSure = await confirm(context, `Remove ALL DATA of ${plan.system} in prod (volumes ${volumes}, and secrets)?`);
  if (!isSure) throw new CommandFailure(EXIT.failed, 'not confirmed; nothing was touched');
}

async function hold(
  context: Context,
  plan: Plan,
  options: DownOptions,
  { interrupts, ahead }: Pick<Operation, 'interrupts' | 'ahead'>,
): Promise<number> {
  const startedMs = Date.now();
  const lock = lockStack(context, options.stack, 'down');
  try {
    for (const note of lock.cleared) writeLine(context.stderr, note);
    const state = await readState(context, options.stack);
    if (!hasAnything(state, options)) {
      writeLine(context.stdout, nothingText(state, options.stack));
      return EXIT.ok;
    }
    const host = await reachHost(context, plan);
    stopIfInterrupted(interrupts);
    const spared = { data: options.volumes !== true };
    await repair(context, { host, stack: options.stack, state, spared });
    if (options.volumes === true) await unprotect(context, options.stack);
    stopIfInterrupted(interrupts);
    const services = servicesIn(state);
    const stopping = stopWhenItBegins(host, state, interrupts);
    const ended = await watch(context, {
      title: `taking down ${options.stack}`,
      args: [...downArguments(options), `--message=${updateMessage('down', noteOf(context.env, operator()))}`],
      rows: (progress) => removalRowsOf(progress, services),
      interrupts,
      ahead,
      onEvent: stopping.onEvent,
    }).finally(stopping.end);
    if (ended.exitCode === EXIT.ok) {
      const left = await readState(context, options.stack);
      writeLine(
        context.stdout,
        `stack ${options.stack} is down: ${seconds(Date.now() - startedMs)}\n${keptText(left, options.stack)}`,
      );
      return EXIT.ok;
    }
    const rows = removalRowsOf(ended.progress, services);
    const failed = { progress: ended.progress, rows, host: host.address, stack: options.stack };
    writeLine(
      context.stderr,
      isMerelyStopped(ended.progress)
        ? 'stopped; what is left runs on: the next `slipway down` or `slipway up` goes on from here'
        : failureText(failed, paintFor(context.stderr), 'down'),
    );
    return ended.exitCode;
  } finally {
    lock.release();
  }
}

/** Stops the containers, callers first, as soon as Pulumi has begun: from then on nothing keeps it from removing them. */
function stopWhenItBegins(
  { docker }: Host,
  state: StackState,
  interrupts: Interrupts,
): { readonly onEvent: (event: EngineEvent) => void; readonly end: () => Promise<void> } {
  const leave = new AbortController();
  const signal = AbortSignal.any([leave.signal, interrupts.signal]);
  let stopped: Promise<void> | undefined;
  return {
    onEvent: (event) => {
      if (event.preludeEvent !== undefined) stopped ??= stopAll(docker, stopsOf(state), signal);
    },
    end: async () => {
      leave.abort();
      await stopped;
    },
  };
}

function downArguments({ stack, volumes }: DownOptions): string[] {
  return [
    ...['destroy', '--yes', '--skip-preview', '--stack', stack, '--parallel', '64', '--suppress-outputs'],
    ...(volumes === true ? [] : ['--exclude-protected']),
  ];
}

/** True if there is something that this `down` would remove, or repair. */
function hasAnything(state: StackState, { volumes }: DownOptions): boolean {
  if (state.pending > 0) return true;
  return state.resources.some((resource) => resource.custom === true && (volumes === true || isRunning(resource)));
}

function isRunning(resource: StackState['resources'][number]): boolean {
  return resource.protect !== true && !resource.type.startsWith('pulumi:providers:');
}

function nothingText(state: StackState, stack: string): string {
  if (!state.exists) return `stack ${stack} was never brought up: there is nothing to remove`;
  return state.resources.length === 0
    ? `stack ${stack} is down, and nothing of it is left`
    : `stack ${stack} is down already\n${keptText(state, stack)}`;
}

async function unprotect(context: Context, stack: string): Promise<void> {
  const result = await pulumi(context, ['state', 'unprotect', '--all', '--yes', '--stack', stack]);
  if (result.exitCode !== 0) throw result.failure('the protection of volumes and secrets could not be lifted');
}

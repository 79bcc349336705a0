import { NOTE_VARIABLE, noteOf } from '../../config/release/handover.ts';
import type { ReleaseNote } from '../../config/release/types.ts';
import { operator } from '../../engine/operator.ts';
import type { Context, StackOption } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { containersOf } from '../hosts/containers.ts';
import type { Host } from '../hosts/host.ts';
import { agreeOnData, findDrift } from '../drift/heal.ts';
import { unseal } from '../drift/survey.ts';
import { canAsk, confirm } from '../operations/confirm.ts';
import { hasLostContainer, lostReplicas } from '../operations/drift.ts';
import { failureText, isMerelyStopped } from '../operations/failure.ts';
import { clearLeftovers } from '../operations/leftovers.ts';
import { onlyFor, refuseToShrink } from '../operations/only.ts';
import { planToDeploy } from '../operations/judge.ts';
import { checkAgainstHost, repair } from '../operations/prepare.ts';
import { stopIfInterrupted, watch, type Ended } from '../operations/run.ts';
import { upSummary } from '../operations/summary.ts';
import { followed, rowsOf } from '../progress/rows.ts';
import { startAhead, type Ahead } from '../pulumi/ahead.ts';
import { takeInterrupts, type Interrupts } from '../pulumi/interrupts.ts';
import { lockStack } from '../pulumi/lock.ts';
import { ensureStack } from '../pulumi/stack.ts';
import { instanceOf, readState, stackOutputs, type StackState } from '../pulumi/state.ts';
import { updateMessage } from '../release/note.ts';
import type { StackPlan } from '../stack-plan.ts';
import { record, type Recorder } from '../timings/recorder.ts';
import { timingsTarget } from '../timings/target.ts';

/** What may be asked of `up`. */
export interface UpOptions extends StackOption {
  readonly yes?: boolean;
  readonly skipSmoke?: boolean;
  /** Services that alone are brought up, with what they wait for; absent: all. */
  readonly only?: readonly string[];
  /** Data volumes that are gone and may be made anew, empty: names in the plan or on the host. */
  readonly newVolumes?: readonly string[];
  /** Operations that may run at once. */
  readonly parallel: number;
  /** Says where the time went, and writes it to a file: this one; true: to one below `.slipway`. */
  readonly timings?: string | true;
  /** What history is to say about it. */
  readonly message?: string;
}

/** A deployment, of whatever command. */
export interface Deployment {
  readonly options: UpOptions;
  readonly planned: StackPlan;
  readonly startedMs: number;
  /** Whoever finds the stack held is told so. */
  readonly command: 'up' | 'scale' | 'rollback' | 'restart';
  /** What to ask before a deployment to prod. */
  readonly question: string;
  /** Called with the state when nothing stands in the way any more, and before anything is changed. */
  readonly begin?: (state: StackState) => void;
  /** The release that it goes back to. */
  readonly rollbackTo?: number;
  /** Resources that are replaced though nothing about them has changed. */
  readonly replace?: readonly string[];
}

/** Brings a stack to what its configuration says, and proves it by work. */
export async function up(context: Context, options: UpOptions): Promise<number> {
  const startedMs = Date.now();
  const planned = await planToDeploy(context, options.stack, { only: options.only });
  const { system, stack } = planned.plan;
  const question = `Deploy ${system} to prod (stack ${stack})?`;
  return deploy(onlyFor(context, planned), { options, planned, startedMs, command: 'up', question });
}

/** Brings a stack to a plan, and proves it by work. */
export async function deploy(context: Context, deployment: Deployment): Promise<number> {
  const { options, planned, question } = deployment;
  const { plan } = planned;
  const { timings } = options;
  const target = timings === undefined ? undefined : timingsTarget(context.projectDir, plan.stack, timings);
  const recorder = target === undefined ? undefined : record(performance.timeOrigin);
  if (plan.environment === 'prod' && options.yes !== true && canAsk(context)) {
    // Who is asked is to know who is out meanwhile. What `scale` would do no preview tells before its file is written.
    if (deployment.command === 'up') {
      const { previewPlan } = await import('./preview.ts');
      const exitCode = await previewPlan(context, { stack: options.stack }, planned);
      if (exitCode !== EXIT.ok) return exitCode;
    }
    const isSure = await confirm(context, question);
    if (!isSure) throw new CommandFailure(EXIT.failed, 'not confirmed; nothing was touched');
  }
  const interrupts = takeInterrupts();
  const { note, noted } = noteFor(context, deployment);
  const ahead = startAhead(noted, { program: true });
  try {
    return await hold(noted, deployment, { interrupts, ahead, recorder, note });
  } finally {
    ahead.end();
    interrupts.dispose();
    if (target !== undefined && recorder?.hasRun() === true) {
      const { showTimings } = await import('../timings/show.ts');
      showTimings(context, plan, recorder.end(), target);
    }
  }
}

/** What accompanies a deployment. */
interface Company {
  readonly interrupts: Interrupts;
  readonly ahead: Ahead;
  /** Absent: nobody wants to know where the time goes. */
  readonly recorder: Recorder | undefined;
  readonly note: ReleaseNote;
}

/** Who releases and why, and what tells the program. */
function noteFor(context: Context, { options, rollbackTo }: Deployment): { note: ReleaseNote; noted: Context } {
  const { message } = options;
  const note: ReleaseNote = {
    ...noteOf(context.env, operator()),
    ...(message !== undefined && { message }),
    ...(rollbackTo !== undefined && { rollbackTo }),
  };
  return { note, noted: { ...context, env: { ...context.env, [NOTE_VARIABLE]: JSON.stringify(note) } } };
}

/** What a deployment is called, and what goes on with it when it was stopped or has failed. */
const WORDS = {
  up: { doing: 'bringing up', again: 'up' },
  scale: { doing: 'bringing up', again: 'up' },
  rollback: { doing: 'rolling back', again: 'rollback' },
  restart: { doing: 'restarting', again: 'restart' },
} as const;

async function hold(context: Context, deployment: Deployment, company: Company): Promise<number> {
  const { options, planned } = deployment;
  const { interrupts, ahead, recorder, note } = company;
  recorder?.begin('checks');
  const lock = lockStack(context, options.stack, deployment.command);
  try {
    for (const note of lock.cleared) writeLine(context.stderr, note);
    const before = await readState(context, options.stack);
    refuseToShrink(planned, before);
    const unsealed = unseal(context, options.stack, before);
    const host = await checkAgainstHost(context, planned, before);
    const found = await findDrift(context, { host, stack: options.stack, state: before, unsealed });
    const agreed = await agreeOnData(context, found, {
      ...{ plan: planned.plan, state: before, newVolumes: options.newVolumes ?? [] },
      mayAsk: deployment.command === 'up' && options.yes !== true,
    });
    stopIfInterrupted(interrupts);
    deployment.begin?.(before);
    const state = before.exists ? before : await ensureStack(context, options.stack);
    await repair(context, { host, stack: options.stack, state, spared: { data: true } });
    stopIfInterrupted(interrupts);
    const services = followed(planned.plan);
    const { doing, again } = WORDS[deployment.command];
    const message = `--message=${updateMessage(deployment.command, note)}`;
    const replaced = (deployment.replace ?? []).flatMap((urn) => ['--replace', urn]);
    const healed = [...found.args, ...agreed, ...(await healing(context, host, state))];
    const args = [...upArguments(options), message, ...replaced, ...once(healed, '--refresh')];
    recorder?.begin('pulumi', true);
    const ended = await watch(context, {
      title: `${doing} ${options.stack}`,
      args,
      again,
      rows: (progress) => rowsOf(progress, services),
      interrupts,
      ahead,
      ...(recorder && { onEvent: recorder.heard }),
    });
    if (ended.exitCode === EXIT.ok) return await conclude(context, deployment, ended, company);
    recorder?.begin('summary');
    await clearLeftovers(context, host, options.stack);
    const rows = rowsOf(ended.progress, services);
    const failed = { progress: ended.progress, rows, host: host.address, stack: options.stack };
    const isStopped = ended.exitCode === EXIT.interrupted && isMerelyStopped(ended.progress);
    writeLine(
      context.stderr,
      isStopped
        ? `stopped; nothing is broken, the next \`slipway ${again}\` goes on from here`
        : failureText(failed, paintFor(context.stderr), again),
    );
    return ended.exitCode;
  } finally {
    lock.release();
  }
}

function upArguments({ stack, parallel }: UpOptions): string[] {
  return ['up', '--yes', '--skip-preview', '--stack', stack, '--parallel', String(parallel), '--suppress-outputs'];
}

/** Arguments, with a flag that may be given only once. */
function once(args: readonly string[], flag: string): string[] {
  return args.includes(flag) ? [flag, ...args.filter((arg) => arg !== flag)] : [...args];
}

/** What has Pulumi look at the host first, where replicas that were let in run no more. */
async function healing(context: Context, host: Host, state: StackState): Promise<string[]> {
  const containers = await containersOf(host.docker, instanceOf(state));
  const lost = lostReplicas(state, containers);
  if (lost.length === 0) return hasLostContainer(state, containers) ? ['--refresh'] : [];
  writeLine(context.stderr, `not running any more, and brought back: ${lost.join(', ')}`);
  return ['--refresh'];
}

/** After an `up` that went well: the proof by work, then the summary. */
async function conclude(
  context: Context,
  { options, planned, startedMs }: Deployment,
  { progress }: Ended,
  { interrupts, recorder }: Company,
): Promise<number> {
  const { plan } = planned;
  const state = await readState(context, options.stack);
  const paint = paintFor(context.stdout);
  if (options.skipSmoke !== true) recorder?.begin('smoke test');
  const isProven = options.skipSmoke === true || (await proves(context, plan, state, interrupts));
  recorder?.begin('summary');
  const rows = rowsOf(progress, followed(plan));
  const urls = urlsOf(state);
  const deployed = { stack: options.stack, rows, progress, tookMs: Date.now() - startedMs, urls, isProven };
  writeLine(context.stdout, upSummary(deployed, paint));
  if (interrupts.signal.aborted) return EXIT.interrupted;
  return isProven ? EXIT.ok : EXIT.failed;
}

/** Proves the stack by work where its system says how and a port to ask is published. */
async function proves(
  context: Context,
  plan: StackPlan['plan'],
  state: StackState,
  interrupts: Interrupts,
): Promise<boolean> {
  const [{ prove }, { doorOf }] = await Promise.all([import('../smoke/prove.ts'), import('../smoke/door.ts')]);
  const { proofText } = await import('../smoke/show.ts');
  const door = plan.smoke === undefined ? undefined : doorOf(plan, plan.smoke, state);
  if (plan.smoke === undefined || door === undefined) return true;
  const proof = await prove(door, plan.smoke, interrupts.signal);
  writeLine(context.stdout, `${proofText(proof, paintFor(context.stdout))}\n`);
  return proof.ok;
}

function urlsOf(state: StackState): Record<string, string> {
  const urls = stackOutputs(state)['urls'];
  if (typeof urls !== 'object' || urls === null) return {};
  return Object.fromEntries(
    Object.entries(urls).flatMap(([label, url]) => (typeof url === 'string' ? [[label, url]] : [])),
  );
}

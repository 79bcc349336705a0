import type { Context, StackOption } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { containersOf } from '../hosts/containers.ts';
import type { Host } from '../hosts/host.ts';
import { canAsk, confirm } from '../operations/confirm.ts';
import { lostReplicas } from '../operations/drift.ts';
import { failureText, isMerelyStopped } from '../operations/failure.ts';
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
import type { StackPlan } from '../stack-plan.ts';
import { record, type Recorder } from '../timings/recorder.ts';
import { timingsTarget } from '../timings/target.ts';

/** What may be asked of `up`. */
export interface UpOptions extends StackOption {
  readonly yes?: boolean;
  readonly skipSmoke?: boolean;
  /** Services that alone are brought up, with what they wait for; absent: all. */
  readonly only?: readonly string[];
  /** Operations that may run at once. */
  readonly parallel: number;
  /** Says where the time went, and writes it to a file: this one; true: to one below `.slipway`. */
  readonly timings?: string | true;
}

/** A deployment, of whatever command. */
export interface Deployment {
  readonly options: UpOptions;
  readonly planned: StackPlan;
  readonly startedMs: number;
  /** Whoever finds the stack held is told so. */
  readonly command: 'up' | 'scale';
  /** What to ask before a deployment to prod. */
  readonly question: string;
  /** Called when nothing stands in the way any more, and before anything is changed. */
  readonly begin?: () => void;
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
    const isSure = await confirm(context, question);
    if (!isSure) throw new CommandFailure(EXIT.failed, 'not confirmed; nothing was touched');
  }
  const interrupts = takeInterrupts();
  const ahead = startAhead(context, { program: true });
  try {
    return await hold(context, deployment, { interrupts, ahead, recorder });
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
}

async function hold(context: Context, deployment: Deployment, company: Company): Promise<number> {
  const { options, planned } = deployment;
  const { interrupts, ahead, recorder } = company;
  recorder?.begin('checks');
  const lock = lockStack(context, options.stack, deployment.command);
  try {
    for (const note of lock.cleared) writeLine(context.stderr, note);
    const before = await readState(context, options.stack);
    refuseToShrink(planned, before);
    const host = await checkAgainstHost(context, planned, before);
    stopIfInterrupted(interrupts);
    deployment.begin?.();
    const state = before.exists ? before : await ensureStack(context, options.stack);
    await repair(context, { host, stack: options.stack, state, spared: { data: true } });
    stopIfInterrupted(interrupts);
    const services = followed(planned.plan);
    const args = [...upArguments(options), ...(await healing(context, host, state))];
    recorder?.begin('pulumi', true);
    const ended = await watch(context, {
      title: `bringing up ${options.stack}`,
      args,
      rows: (progress) => rowsOf(progress, services),
      interrupts,
      ahead,
      ...(recorder && { onEvent: recorder.heard }),
    });
    if (ended.exitCode === EXIT.ok) return await conclude(context, deployment, ended, company);
    recorder?.begin('summary');
    const rows = rowsOf(ended.progress, services);
    const failed = { progress: ended.progress, rows, host: host.address, stack: options.stack };
    const isStopped = ended.exitCode === EXIT.interrupted && isMerelyStopped(ended.progress);
    writeLine(
      context.stderr,
      isStopped
        ? 'stopped; nothing is broken, the next `slipway up` goes on from here'
        : failureText(failed, paintFor(context.stderr)),
    );
    return ended.exitCode;
  } finally {
    lock.release();
  }
}

function upArguments({ stack, parallel }: UpOptions): string[] {
  return ['up', '--yes', '--skip-preview', '--stack', stack, '--parallel', String(parallel), '--suppress-outputs'];
}

/** What has Pulumi look at the host first, where replicas that were let in run no more. */
async function healing(context: Context, host: Host, state: StackState): Promise<string[]> {
  const lost = lostReplicas(state, await containersOf(host.docker, instanceOf(state)));
  if (lost.length === 0) return [];
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

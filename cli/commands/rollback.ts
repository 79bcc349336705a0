import { checkSetCertificates } from '../../config/rules/certificate-values.ts';
import { checkExternalAuthorities } from '../../config/rules/external-authorities.ts';
import { renderIssues } from '../../config/plan/render.ts';
import type { Issue } from '../../config/plan/types.ts';
import { changedSecrets, releaseChanges } from '../../config/release/changes.ts';
import type { Handover } from '../../config/release/handover.ts';
import { checkRollback, type RollbackFacts } from '../../config/release/refusals.ts';
import { rollbackPlan } from '../../config/release/rollback-plan.ts';
import { rollbackTarget } from '../../config/release/target.ts';
import type { ReleaseRecord } from '../../config/release/types.ts';
import { unpackPlan } from '../../config/release/pack.ts';
import type { Context } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { reachHost } from '../hosts/host.ts';
import { canAsk, confirm } from '../operations/confirm.ts';
import { readState, type StackState } from '../pulumi/state.ts';
import { failedSince } from '../release/history.ts';
import { refuseIfReleased, releasesIn, type Releases } from '../release/read.ts';
import { readUpdates } from '../release/updates.ts';
import { gatherRollback } from '../rollback/facts.ts';
import { serveHandover } from '../rollback/serve.ts';
import { backText, doneText, type Back } from '../rollback/show.ts';
import type { StackPlan } from '../stack-plan.ts';
import { previewPlan } from './preview.ts';
import { deploy, type UpOptions } from './up.ts';

/** What may be asked of `rollback`: what may be asked of an `up`, and where to. */
export interface RollbackOptions extends UpOptions {
  /** Number of a release; absent: the one before. */
  readonly to?: number;
  /** True: only show what would be done. */
  readonly preview?: boolean;
}

/** How many runs are looked at to know whether the last one has failed. */
const RUNS = 20;

/** Brings a whole stack back to an earlier release, from what its state keeps of that, as `up` would. */
export async function rollback(context: Context, options: RollbackOptions): Promise<number> {
  const startedMs = Date.now();
  const { stack } = options;
  const state = await readState(context, stack);
  const releases = releasesIn(state);
  const target = await targetOf(context, releases, options);
  const { handover, back } = await judged(context, { stack, state, releases, target });
  writeLine(context.stderr, backText(back, paintFor(context.stderr)));
  const planned: StackPlan = { plan: handover.plan, warnings: [], earlier: target.number };
  if (options.preview !== true) await askBefore(context, options);
  const served = await serveHandover(context, handover);
  try {
    if (options.preview === true) return await previewPlan(served.context, { stack }, planned);
    const exitCode = await deploy(served.context, {
      options: { ...options, yes: true },
      planned,
      startedMs,
      command: 'rollback',
      question: '',
      rollbackTo: target.number,
      begin: (now) => {
        refuseIfReleased(releases, now);
      },
    });
    if (exitCode === EXIT.ok) {
      const newest = releasesIn(await readState(context, stack)).records[0]?.number;
      const made = newest === releases.records[0]?.number ? undefined : newest;
      writeLine(context.stderr, doneText(stack, target, made));
    }
    return exitCode;
  } finally {
    served.end();
  }
}

/** @throws CommandFailure if there is no such release, or none to go back to */
async function targetOf(
  context: Context,
  { records }: Releases,
  { stack, to }: RollbackOptions,
): Promise<ReleaseRecord> {
  const updates = to === undefined && records.length > 0 ? await readUpdates(context, stack, RUNS) : [];
  const target = rollbackTarget(records, { to, failed: failedSince(records, updates) });
  if (typeof target !== 'string') return target;
  throw new CommandFailure(EXIT.usage, `stack "${stack}" can't go back: ${target}. Nothing was touched.`);
}

/** The release, ready to be carried out, and what goes back with it. @throws CommandFailure with all that can't go back */
async function judged(
  context: Context,
  about: { stack: string; state: StackState; releases: Releases; target: ReleaseRecord },
): Promise<{ handover: Handover; back: Back }> {
  const { stack, releases, target } = about;
  const newest = releases.records[0] ?? target;
  const now = unpackPlan(releases.plans[newest.number] ?? '');
  const { docker } = await reachHost(context, now);
  const { facts, images } = await gatherRollback(context, { docker, ...about });
  const [then] = facts.releases;
  const plan = rollbackPlan(then.plan, now);
  const issues = [...checkRollback(facts), ...checkCertificates(facts)];
  if (issues.some(({ severity }) => severity === 'error')) {
    const text = `stack "${stack}" can't go back to release ${target.number}; nothing was touched.`;
    throw new CommandFailure(EXIT.usage, `${text}\n${renderIssues(issues).trimEnd()}`);
  }
  if (issues.length > 0) writeLine(context.stderr, renderIssues(issues).trimEnd());
  const last = facts.releases.at(-1) ?? then;
  const changes = releaseChanges(last, { plan, images: then.images });
  const secrets = changedSecrets(last.values, { ...last.values, ...then.values });
  return {
    handover: { plan, images: images.inputs, values: then.values },
    back: { stack, newest, target, changes, secrets },
  };
}

/** Certificates of somebody's own that have ended since. */
function checkCertificates({ releases: [{ plan, values }] }: RollbackFacts): Issue[] {
  const set = plan.secrets.flatMap(({ name, source }) => {
    const value = values[name];
    return source === 'provided' && value !== undefined ? [[name, value] as const] : [];
  });
  const now = new Date();
  return [...checkSetCertificates(plan, new Map(set), now), ...checkExternalAuthorities(plan, now)];
}

/** Where nobody can be asked it goes on, as `up` does: who has no terminal has meant it. */
async function askBefore(context: Context, { stack, yes }: RollbackOptions): Promise<void> {
  if (yes === true || !canAsk(context)) return;
  const isSure = await confirm(context, `Roll back stack ${stack}?`);
  if (!isSure) throw new CommandFailure(EXIT.failed, 'not confirmed; nothing was touched');
}

import type { Plan } from '../../config/plan/types.ts';
import { renderIssues } from '../../config/plan/render.ts';
import { checkRepeat } from '../../config/release/refusals.ts';
import { rollbackPlan } from '../../config/release/rollback-plan.ts';
import { unpackPlan } from '../../config/release/pack.ts';
import type { ReleaseRecord } from '../../config/release/types.ts';
import { deploy } from '../commands/up.ts';
import type { Context } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { reachHost } from '../hosts/host.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import type { StackState } from '../pulumi/state.ts';
import { refuseIfReleased, releasesIn } from '../release/read.ts';
import { gatherRollback } from '../rollback/facts.ts';
import { serveHandover } from '../rollback/serve.ts';
import { chosenServices } from './targets.ts';

/** Operations that may run at once: far more than there are services, the gates keep the order. */
const PARALLEL = 64;

/** What to roll, and what was released last. */
export interface Roll {
  readonly stack: string;
  readonly services: readonly string[];
  readonly state: StackState;
  readonly release: ReleaseRecord;
  /** When the command began, in ms. */
  readonly startedMs: number;
}

/**
 * Gets ready to replace the containers of services that roll create-first by others of the same making, through the
 * gates of every release: what was released last is carried out once more, whatever the description says by now. Changes
 * nothing.
 * @returns what does it, answering the exit code
 * @throws CommandFailure with all that keeps the release from being carried out once more
 */
export async function prepareRoll(context: Context, roll: Roll): Promise<() => Promise<number>> {
  const { stack, services, state, release, startedMs } = roll;
  const releases = releasesIn(state);
  const plan = unpackPlan(releases.plans[release.number] ?? '');
  const { docker } = await reachHost(context, plan);
  const { facts, images } = await gatherRollback(context, { docker, stack, state, releases, target: release });
  const issues = checkRepeat(facts);
  if (issues.length > 0) {
    const text = `release ${release.number} of stack "${stack}" can't be carried out once more; nothing was touched.`;
    throw new CommandFailure(EXIT.usage, `${text}\n${renderIssues(issues).trimEnd()}`);
  }
  const [{ values }] = facts.releases;
  return async () => {
    const served = await serveHandover(context, { plan: rollbackPlan(plan, plan), images: images.inputs, values });
    try {
      return await deploy(served.context, {
        options: { stack, yes: true, skipSmoke: true, parallel: PARALLEL },
        planned: { plan, warnings: [], earlier: release.number },
        startedMs,
        command: 'restart',
        question: '',
        replace: containersOf(state, services),
        begin: (now) => {
          refuseIfReleased(releases, now);
        },
      });
    } finally {
      served.end();
    }
  };
}

/** Services of a plan whose containers can stand beside their successors. */
export function rolling(plan: Plan, names: readonly string[]): string[] {
  return chosenServices(plan, names)
    .filter(({ rollout }) => rollout.order === 'createFirst')
    .map(({ name }) => name);
}

/** The resources that stand for the containers of services. Pure. */
export function containersOf({ resources }: StackState, services: readonly string[]): string[] {
  const ids = new Set(
    resources.flatMap(({ type, outputs, delete: replaced }) => {
      const { service, container } = outputs ?? {};
      const isOne = type === TYPES.replica && replaced !== true && services.includes(String(service));
      return isOne && typeof container === 'string' ? [container] : [];
    }),
  );
  return resources.flatMap(({ type, urn, id, delete: replaced }) =>
    type === TYPES.container && replaced !== true && id !== undefined && ids.has(id) ? [urn] : [],
  );
}

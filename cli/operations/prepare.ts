import type { HostFacts, HostSize, Issue, Plan } from '../../config/plan/types.ts';
import type { FactsRequest } from '../../engine/facts.ts';
import type { Context } from '../context.ts';
import { writeLine } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { findHost, unreachable, type Host } from '../hosts/host.ts';
import { objectsOf } from '../hosts/objects.ts';
import { strays, sweep, type Spared } from '../hosts/sweep.ts';
import { count } from '../output/format.ts';
import { reachIssues, valueIssues } from './judge.ts';
import { clearPending } from '../pulumi/stack.ts';
import { instanceOf, knownNames, type StackState } from '../pulumi/state.ts';
import { loadPlan, refused, showWarnings, type StackPlan } from '../stack-plan.ts';

/**
 * Judges a plan by what its host is like, and shows what is worth knowing.
 * @throws CommandFailure with every problem in one report, or if the engine does not answer
 */
export async function checkAgainstHost(context: Context, planned: StackPlan, state: StackState): Promise<Host> {
  if (planned.earlier !== undefined) return checkEarlier(context, planned.plan, planned.earlier, state);
  const host = await findHost(context, planned.plan);
  const [facts, { checkHost }] = await Promise.all([
    factsOf(host, { plan: planned.plan, instance: instanceOf(state), project: context.projectDir }),
    import('../../config/rules/host.ts'),
  ]);
  const { plan, warnings } = await fitted(context, planned, facts);
  const issues: Issue[] = [...warnings, ...checkHost(plan, facts)];
  if (issues.some((issue) => issue.severity === 'error')) {
    const late = await Promise.all([valueIssues(context, plan), reachIssues(context, plan, host.docker)]);
    throw await refused(plan.stack, [...issues, ...late.flat()]);
  }
  await showWarnings(context, issues);
  return host;
}

/** Images of an earlier release have been looked for already: whoever hands it over knows where they are. */
async function checkEarlier(context: Context, earlier: Plan, release: number, state: StackState): Promise<Host> {
  const [{ checkHost }, { withoutImages }, { renderIssues }] = await Promise.all([
    import('../../config/rules/host.ts'),
    import('../../config/release/handover.ts'),
    import('../../config/plan/render.ts'),
  ]);
  const plan = withoutImages(earlier);
  const host = await findHost(context, plan);
  const issues = checkHost(
    plan,
    await factsOf(host, { plan, instance: instanceOf(state), project: context.projectDir }),
  );
  if (issues.some((issue) => issue.severity === 'error')) {
    const text = `release ${release} can't run on ${host.address} as it is now; nothing was touched.`;
    throw new CommandFailure(EXIT.usage, `${text}\n${renderIssues(issues).trimEnd()}`);
  }
  await showWarnings(context, issues);
  return host;
}

/** The plan as it is on a host of this size. */
export async function fitted(context: Context, planned: StackPlan, host: HostSize): Promise<StackPlan> {
  const { stack, allowsSmallHost } = planned.plan;
  return allowsSmallHost ? loadPlan(context.projectDir, stack, { host, only: planned.only }) : planned;
}

async function factsOf(host: Host, about: Pick<FactsRequest, 'plan' | 'instance' | 'project'>): Promise<HostFacts> {
  const { gatherFacts, EngineUnreachableError } = await import('../../engine/facts.ts');
  try {
    return await gatherFacts({ docker: host.docker, host: host.address, ...about });
  } catch (error) {
    throw error instanceof EngineUnreachableError ? unreachable(error) : error;
  }
}

/** What is to be put right, and where. */
export interface Repair {
  readonly host: Host;
  readonly stack: string;
  readonly state: StackState;
  readonly spared: Spared;
}

/**
 * Puts right what a killed run left: operations that the state calls unfinished, and objects on the host that it does
 * not know.
 */
export async function repair(context: Context, { host, stack, state, spared }: Repair): Promise<void> {
  const say = (text: string): void => {
    writeLine(context.stderr, text);
  };
  if (state.pending > 0) {
    await clearPending(context, stack);
    say(`cleared ${count(state.pending, 'operation')} that an interrupted run left unfinished`);
  }
  const instance = instanceOf(state);
  if (instance === undefined) return;
  const left = strays(await objectsOf(host.docker, instance), knownNames(state), spared);
  if (left.length === 0) return;
  say(`removing what an interrupted run left: ${left.map(({ type, name }) => `${type} ${name}`).join(', ')}`);
  for (const failure of await sweep(host.docker, left)) say(`warning: ${failure}`);
}

import type { Plan } from '../../config/plan/types.ts';
import type { Context } from '../context.ts';
import { containersOf } from '../hosts/containers.ts';
import { reachHost, type Host } from '../hosts/host.ts';
import { backendFolder, needsCli, projectName } from '../pulumi/backend.ts';
import { expectedOf } from '../pulumi/expected.ts';
import { instanceOf, readState, type StackState } from '../pulumi/state.ts';
import { loadPlan } from '../stack-plan.ts';
import { assess, type StackStatus } from './assess.ts';
import { observe } from './observe.ts';

/** A stack as it was at one moment. */
export interface Look {
  readonly plan: Plan;
  readonly host: Host;
  readonly status: StackStatus;
}

/** Reads the state of a stack. */
export type StateReader = () => Promise<StackState>;

/**
 * Looks at a stack: its configuration, its state, its containers.
 * @throws CommandFailure where the configuration is wrong or the engine does not answer
 */
export async function look(context: Context, stack: string, state: StateReader): Promise<Look> {
  const { plan } = await loadPlan(context.projectDir, stack);
  const [host, current] = await Promise.all([reachHost(context, plan), state()]);
  const observed = await observe(host.docker, await containersOf(host.docker, instanceOf(current)));
  return { plan, host, status: assess(plan, observed, expectedOf(current), Date.now()) };
}

/** How old a state may be that only the Pulumi CLI can read, in ms: each reading is a process. */
const STATE_MS = 30_000;

/** Reads the state for many looks: each time where that means a file, else every now and then. */
export function stateReader(context: Context, stack: string, now: () => number = Date.now): StateReader {
  const folder = backendFolder(context.projectDir, context.env);
  let last: { readonly state: StackState; readonly atMs: number } | undefined;
  return async () => {
    const isCheap = folder !== undefined && !needsCli(folder, projectName(context.projectDir), stack);
    if (last !== undefined && !isCheap && now() - last.atMs < STATE_MS) return last.state;
    last = { state: await readState(context, stack), atMs: now() };
    return last.state;
  };
}

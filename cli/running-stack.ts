import type { Plan } from '../config/plan/types.ts';
import type { Context } from './context.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { containersOf, type StackContainer } from './hosts/containers.ts';
import { reachHost, type Host } from './hosts/host.ts';
import { instanceOf, readState } from './pulumi/state.ts';
import { loadPlan } from './stack-plan.ts';

/** A stack with the containers that its host has. */
export interface RunningStack {
  readonly plan: Plan;
  readonly host: Host;
  readonly instance: string;
  readonly containers: readonly StackContainer[];
}

/**
 * Finds the containers of a stack.
 * @throws CommandFailure if the stack was never brought up
 */
export async function findRunningStack(context: Context, stack: string): Promise<RunningStack> {
  const { plan } = await loadPlan(context.projectDir, stack);
  const [host, state] = await Promise.all([reachHost(context, plan), readState(context, stack)]);
  const instance = instanceOf(state);
  if (instance === undefined) {
    throw new CommandFailure(
      EXIT.failed,
      `stack "${stack}" was never brought up: \`slipway up --stack ${stack}\` does`,
    );
  }
  return { plan, host, instance, containers: await containersOf(host.docker, instance) };
}

/**
 * Checks names of services.
 * @throws CommandFailure (bad input) that lists the services there are, or says that somebody else runs one
 */
export function checkServices(plan: Plan, names: readonly string[]): void {
  const external = (plan.externals ?? []).filter(({ name }) => names.includes(name));
  if (external.length > 0) {
    const where = external.map(({ name, host, port }) => `${name} is external, at ${host}:${port}`).join('; ');
    throw new CommandFailure(EXIT.usage, `${where}: somebody else runs it, and it has no container here`);
  }
  const known = plan.services.map((service) => service.name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new CommandFailure(
    EXIT.usage,
    `no service ${unknown.map((name) => `"${name}"`).join(', ')}; known: ${known.join(', ')}`,
  );
}

import type Docker from 'dockerode';
import type { Plan } from '../../config/plan/types.ts';
import { isGone } from '../../engine/answers.ts';
import type { Context } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { containersOf, displayName } from '../hosts/containers.ts';
import { reachHost } from '../hosts/host.ts';
import { stackOption } from '../output/format.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import { instanceOf, type StackState } from '../pulumi/state.ts';
import { nameOfUrn } from '../pulumi/urn.ts';

/**
 * The names on the host of a stack's data volumes, for a project that takes them over.
 * @throws CommandFailure if the stack still has containers, or a volume is not there
 */
export async function volumesToAdopt(
  context: Context,
  plan: Plan,
  state: StackState,
): Promise<ReadonlyMap<string, string>> {
  const { docker, address } = await reachHost(context, plan);
  const containers = await containersOf(docker, instanceOf(state));
  if (containers.length > 0) {
    const names = [...new Set(containers.map(displayName))].join(', ');
    throw new CommandFailure(
      EXIT.failed,
      `stack "${plan.stack}" still has containers (${names}), and two systems on one volume would destroy its data: ` +
        `\`slipway down${stackOption(plan.stack)}\` first, which keeps the volumes. Nothing was written.`,
    );
  }
  const names = dataVolumes(plan, state);
  const missing = await missingOf(docker, plan, names);
  if (missing.length === 0) return names;
  throw new CommandFailure(
    EXIT.failed,
    `${address} has no volume of stack "${plan.stack}" for ${missing.join(', ')}: ` +
      `without --adopt-volumes the project gets volumes of its own. Nothing was written.`,
  );
}

/** Names on the host of the data volumes that the state knows, by their names in the plan. */
export function dataVolumes(
  { prefix, volumes }: Pick<Plan, 'prefix' | 'volumes'>,
  state: StackState,
): Map<string, string> {
  const made = new Map(
    state.resources
      .filter((resource) => resource.type === TYPES.volume && resource.delete !== true)
      .map(({ urn, id }) => [nameOfUrn(urn), id]),
  );
  return new Map(
    volumes.flatMap(({ name }) => {
      const onHost = made.get(`${prefix}-${name}`);
      return onHost === undefined ? [] : [[name, onHost] as const];
    }),
  );
}

async function missingOf(docker: Docker, { volumes }: Plan, names: ReadonlyMap<string, string>): Promise<string[]> {
  const isThere = async (volume: string): Promise<boolean> => {
    const name = names.get(volume);
    if (name === undefined) return false;
    try {
      await docker.getVolume(name).inspect();
      return true;
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  };
  const checked = await Promise.all(volumes.map(async ({ name }) => [name, await isThere(name)] as const));
  return checked.flatMap(([name, found]) => (found ? [] : [name]));
}

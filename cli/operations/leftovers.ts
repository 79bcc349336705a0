import type Docker from 'dockerode';
import type { Context } from '../context.ts';
import type { Host } from '../hosts/host.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import { readState, type StackState } from '../pulumi/state.ts';

/**
 * Removes what releases that have failed one after the other have left, and Pulumi would keep until one goes through: earlier
 * candidates that do not run (a gate removes those before its own; an engine that can't start one never gets as far), then
 * volumes with files that no container has any more. The last candidate stays for inspection. Whatever can't be removed
 * stays for the release that goes through.
 */
export async function clearLeftovers(context: Context, { docker }: Host, stack: string): Promise<void> {
  const state = await readState(context, stack);
  await Promise.all(replacedCandidates(state).map((container) => removeStopped(docker, container)));
  await Promise.all(replacedFiles(state).map((volume) => removeUnused(docker, volume)));
}

/** Containers that another has taken the place of, and that no gate has ever let in, by id. Pure. */
export function replacedCandidates({ resources }: StackState): string[] {
  const letIn = new Set(
    resources.flatMap(({ type, outputs }) => (type === TYPES.replica ? [outputs?.['container']] : [])),
  );
  return resources.flatMap(({ type, id, delete: isReplaced }) =>
    type === TYPES.container && isReplaced === true && id !== undefined && !letIn.has(id) ? [id] : [],
  );
}

/** Volumes of files that something has taken the place of, by name. Pure. */
export function replacedFiles({ resources }: StackState): string[] {
  return resources.flatMap(({ type, id, delete: isReplaced }) =>
    type === TYPES.files && isReplaced === true && id !== undefined ? [id] : [],
  );
}

async function removeStopped(docker: Docker, id: string): Promise<void> {
  try {
    // Without force an engine removes none that runs.
    await docker.getContainer(id).remove({ v: true });
  } catch {
    // It is gone, or runs.
  }
}

async function removeUnused(docker: Docker, volume: string): Promise<void> {
  try {
    const users = await docker.listContainers({ all: true, filters: { volume: [volume] } });
    if (users.length === 0) await docker.getVolume(volume).remove();
  } catch {
    // It is gone, or somebody has it by now.
  }
}

import type Docker from 'dockerode';
import type { Context } from '../context.ts';
import type { Host } from '../hosts/host.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import { readState, type StackState } from '../pulumi/state.ts';

/**
 * Removes volumes with files of releases that have failed one after the other: they were replaced by those of the next one,
 * and no container has them any more. Pulumi would keep them until a release goes through. Whatever can't be removed stays
 * for that.
 */
export async function clearLeftovers(context: Context, { docker }: Host, stack: string): Promise<void> {
  const replaced = replacedFiles(await readState(context, stack));
  await Promise.all(replaced.map((volume) => removeUnused(docker, volume)));
}

/** Volumes of files that something has taken the place of, by name. Pure. */
export function replacedFiles({ resources }: StackState): string[] {
  return resources.flatMap(({ type, id, delete: isReplaced }) =>
    type === TYPES.files && isReplaced === true && id !== undefined ? [id] : [],
  );
}

async function removeUnused(docker: Docker, volume: string): Promise<void> {
  try {
    const users = await docker.listContainers({ all: true, filters: { volume: [volume] } });
    if (users.length === 0) await docker.getVolume(volume).remove();
  } catch {
    // It is gone, or somebody has it by now.
  }
}

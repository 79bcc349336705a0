import type Docker from 'dockerode';
import { isGone, statusOf } from '../../engine/answers.ts';
import type { HostObject } from './objects.ts';

/** What a sweep spares although the state does not know it. */
export interface Spared {
  /** True: data volumes, whoever made them. */
  readonly data: boolean;
}

/**
 * What a killed run left behind: objects with the stack's labels that its state does not know, containers first, since
 * they hold the networks and volumes.
 * @param known ids and names that the state knows
 */
export function strays(found: readonly HostObject[], known: ReadonlySet<string>, spared: Spared): HostObject[] {
  const order = { container: 0, network: 1, volume: 2 };
  return found
    .filter((object) => !isKnown(object, known) && !isSpared(object, spared))
    .sort((a, b) => order[a.type] - order[b.type] || a.name.localeCompare(b.name));
}

/** Whether a state knows an object. A container of another id is another one, whatever its name. */
export function isKnown(
  { type, id, name }: Pick<HostObject, 'type' | 'id' | 'name'>,
  known: ReadonlySet<string>,
): boolean {
  return known.has(id) || (type !== 'container' && known.has(name));
}

function isSpared({ type, kind }: HostObject, spared: Spared): boolean {
  switch (type) {
    case 'container': // A failed run of a job too: it was kept for inspection until now.
    case 'network':
      return false;
    case 'volume':
      return kind !== 'files' && (kind !== 'data' || spared.data);
    default:
      return type satisfies never;
  }
}

/** Seconds that a stray container has to end by itself. */
const GRACE_SECONDS = 10;

/**
 * Removes strays: containers side by side, each asked to stop before; then networks and volumes.
 * @returns what could not be removed, a sentence each: it is in nobody's way, and the next sweep tries again
 */
export async function sweep(docker: Docker, objects: readonly HostObject[]): Promise<string[]> {
  const failures: string[] = [];
  for (const type of ['container', 'network', 'volume'] as const) {
    const some = objects.filter((object) => object.type === type);
    const results = await Promise.allSettled(some.map((object) => remove(docker, object)));
    results.forEach((result, index) => {
      if (result.status === 'rejected' && !isDone(result.reason)) {
        failures.push(`${type} ${some[index]?.name ?? ''} could not be removed: ${String(result.reason)}`);
      }
    });
  }
  return failures;
}

async function remove(docker: Docker, { type, id }: HostObject): Promise<void> {
  switch (type) {
    case 'container': {
      const container = docker.getContainer(id);
      await container.stop({ t: GRACE_SECONDS }).catch((error: unknown) => {
        if (!isDone(error)) throw error;
      });
      await container.remove({ force: true, v: true });
      return;
    }
    case 'network':
      await docker.getNetwork(id).remove();
      return;
    case 'volume':
      await docker.getVolume(id).remove();
      return;
    default:
      return type satisfies never;
  }
}

/** Already stopped (304) or already gone (404) is what was wanted. */
function isDone(error: unknown): boolean {
  return isGone(error) || statusOf(error) === 304;
}

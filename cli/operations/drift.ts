import type { StackContainer } from '../hosts/containers.ts';
import type { StackState } from '../pulumi/state.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import { nameOfUrn } from '../pulumi/urn.ts';

/**
 * Replicas that were let in and no longer run: stopped or removed by hand, or by the host. Sorted, as `<service>-<n>`.
 * A candidate that never passed its gate is none of them: the next `up` takes it up where it failed.
 */
export function lostReplicas(state: StackState, containers: readonly StackContainer[]): string[] {
  const running = new Set(containers.filter((container) => container.running).map((container) => container.id));
  return state.resources
    .filter(({ type, delete: replaced }) => type === TYPES.replica && replaced !== true)
    .flatMap(({ urn, outputs }) => {
      const container = outputs?.['container'];
      return typeof container === 'string' && !running.has(container) ? [nameOfUrn(urn)] : [];
    })
    .sort();
}

/** Whether the state counts on a container that the host has no more, such as a candidate that somebody has removed. */
export function hasLostContainer(state: StackState, containers: readonly StackContainer[]): boolean {
  const there = new Set(containers.map(({ id }) => id));
  return state.resources.some(
    ({ type, id, delete: replaced }) =>
      type === TYPES.container && replaced !== true && id !== undefined && !there.has(id),
  );
}

import type { StackContainer } from '../hosts/containers.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import type { StackState } from '../pulumi/state.ts';

/**
 * Containers that failed and were left to be looked at: stopped, and let in by no gate, or no run of a job that has
 * succeeded. Pure.
 */
export function failedCandidates(state: StackState, containers: readonly StackContainer[]): StackContainer[] {
  const good = new Set(
    state.resources.flatMap(({ type, outputs, delete: replaced }) => {
      if (replaced === true) return [];
      const id = type === TYPES.replica ? outputs?.['container'] : type === TYPES.job ? outputs?.['containerId'] : [];
      return typeof id === 'string' ? [id] : [];
    }),
  );
  return containers.filter(({ id, running }) => !running && !good.has(id));
}

import type Docker from 'dockerode';
import { TYPES } from '../pulumi/resource-types.ts';
import type { StackState, StateResource } from '../pulumi/state.ts';

/** A container to stop. */
export interface Stop {
  readonly container: string;
  /** From its stop signal to the kill, in ms. */
  readonly graceMs: number;
  /** Containers that go first, as they depend on this one. */
  readonly after: readonly string[];
}

/** What a `down` stops, and what has to have stopped before: whoever depends on a replica goes before it. Pure. */
export function stopsOf({ resources }: StackState): Stop[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const replicas = resources.flatMap((resource) => {
    const { container, stopGraceMs } = resource.inputs ?? {};
    const isReplica = resource.type === TYPES.replica && typeof container === 'string';
    return isReplica && typeof stopGraceMs === 'number' ? [{ resource, container, graceMs: stopGraceMs }] : [];
  });
  const needs = new Map(replicas.map(({ resource }) => [resource.urn, nextReplicas(resource, byUrn)]));
  return replicas.map(({ resource, container, graceMs }) => {
    const callers = replicas.filter((other) => needs.get(other.resource.urn)?.has(resource.urn));
    return { container, graceMs, after: callers.map((caller) => caller.container) };
  });
}

/** The replicas that one depends on: by itself or through what is no replica, such as its container or a job. */
function nextReplicas(from: StateResource, byUrn: ReadonlyMap<string, StateResource>): Set<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = ({ dependencies = [] }: StateResource): void => {
    for (const urn of dependencies) {
      if (seen.has(urn)) continue;
      seen.add(urn);
      const resource = byUrn.get(urn);
      if (resource?.type === TYPES.replica) found.add(urn);
      else if (resource) visit(resource);
    }
  };
  visit(from);
  return found;
}

/**
 * Stops containers, each as soon as those that go first have ended; resolves when all have, or, once `signal` is
 * aborted, when those have that were being stopped. One that can't be stopped is left to Pulumi, which says why.
 *
 * Pulumi itself deletes level by level, each waiting for the slowest of the one before.
 */
export async function stopAll(docker: Docker, stops: readonly Stop[], signal: AbortSignal): Promise<void> {
  const byContainer = new Map(stops.map((stop) => [stop.container, stop]));
  const stopping = new Map<string, Promise<void>>();
  const stopOnce = (stop: Stop): Promise<void> => {
    const begun = stopping.get(stop.container) ?? stopAfter(stop);
    stopping.set(stop.container, begun);
    return begun;
  };
  const stopAfter = async ({ container, graceMs, after }: Stop): Promise<void> => {
    await Promise.all(after.flatMap((id) => byContainer.get(id) ?? []).map(stopOnce));
    if (signal.aborted) return;
    await docker
      .getContainer(container)
      .stop({ t: Math.ceil(graceMs / 1000) })
      .catch(() => undefined);
  };
  await Promise.all(stops.map(stopOnce));
}

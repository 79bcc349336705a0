import type { Service } from '../schema/service.ts';
import type { PlannedService, Rollout } from './types.ts';

/** Most replicas of a service whose description names no maximum. */
const MOST_REPLICAS = 10;
const LEAST_HEALTH_TIMEOUT_MS = 60_000;
const JOB_TIMEOUT_MS = 300_000;
const DRAIN_MS = 500;
/** A release that dies in its first seconds is not to take the place of one that people work with. */
const ROUTED_READY_MS = 5000;
/** Behind an edge it is a limit: longer than the 2 s for which nginx here keeps idle connections of clients that it is to lose. */
const ROUTED_DRAIN_MS = 3000;

/** The least and most replicas of a service. */
export function replicaBounds({ bounds, singleton, kind }: Service): PlannedService['bounds'] {
  return { min: bounds.min, max: bounds.max ?? (singleton || kind === 'job' ? 1 : MOST_REPLICAS) };
}

/** True if only one container of the service can be at a time: it is one of a kind, holds a port or writes a volume. */
function isExclusive(service: Service): boolean {
  return (
    service.singleton ||
    Object.values(service.ports).some((port) => port.published !== undefined) ||
    Object.values(service.volumes).some((use) => !use.readOnly)
  );
}

/** Which of old and new container goes first. */
export function rolloutOrder(service: Service): Rollout['order'] {
  return service.rollout.order ?? (isExclusive(service) ? 'deleteFirst' : 'createFirst');
}

/** How a new container takes over, with everything that the description leaves open. */
export function plannedRollout(
  service: Service,
  { isCalled, isRouted }: { readonly isCalled: boolean; readonly isRouted: boolean },
): Rollout {
  const { parallelism, healthTimeout, minReady, drain, stopGrace } = service.rollout;
  const order = rolloutOrder(service);
  return {
    order,
    parallelism,
    healthTimeoutMs: healthTimeout ?? defaultHealthTimeout(service),
    // With the old one gone there is nothing to fall back on, and waiting would only make the gap longer.
    minReadyMs: order === 'deleteFirst' ? 0 : (minReady ?? (isRouted ? ROUTED_READY_MS : 0)),
    // What is replaced delete-first has nobody to hand its callers to, and waiting would only make the gap longer.
    drainMs: order === 'deleteFirst' ? 0 : (drain ?? (isRouted ? ROUTED_DRAIN_MS : isCalled ? DRAIN_MS : 0)),
    stopGraceMs: stopGrace,
  };
}

function defaultHealthTimeout({ kind, healthcheck }: Service): number {
  if (kind === 'job') return JOB_TIMEOUT_MS;
  if (!healthcheck) return LEAST_HEALTH_TIMEOUT_MS;
  return Math.max(LEAST_HEALTH_TIMEOUT_MS, healthcheck.startPeriod + healthcheck.interval * healthcheck.retries);
}

/** What happens when the process ends. A job that failed is for a person to look at, not to be run for ever. */
export function restartPolicy({ restart, kind }: Service): PlannedService['restart'] {
  return restart ?? (kind === 'job' ? 'no' : 'unless-stopped');
}

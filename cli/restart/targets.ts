import { waves } from '../../config/plan/order.ts';
import type { Plan, PlannedService } from '../../config/plan/types.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import type { StackState } from '../pulumi/state.ts';

/** One container to restart. Durations in milliseconds. */
export interface Target {
  /** As people read it: `api-2`. */
  readonly name: string;
  readonly service: string;
  /** Id of the container. */
  readonly container: string;
  /** From its stop signal to SIGKILL. */
  readonly graceMs: number;
  /** How long it may take to get healthy. */
  readonly timeoutMs: number;
  /** False: healthy means that it keeps running. */
  readonly hasHealthcheck: boolean;
}

/** A service with its containers, by number of the replica. */
export interface TargetService {
  readonly name: string;
  readonly targets: readonly Target[];
}

/** Services that may be restarted side by side; each wave depends on nothing but earlier waves. */
export type Wave = readonly TargetService[];

/** What a restart is about. */
export interface Targets {
  readonly waves: readonly Wave[];
  /** Replicas that are planned and not there, as `<service>-<n>`. */
  readonly missing: readonly string[];
}

/**
 * The containers that stand for the replicas of services (all of them, unless named), in the order in which they depend
 * on each other. Jobs are left out. Pure.
 */
export function targetsOf(plan: Pick<Plan, 'services'>, state: StackState, names: readonly string[]): Targets {
  const known = containersIn(state);
  const chosen = chosenServices(plan, names);
  const graph = Object.fromEntries(
    plan.services.map(({ name, dependsOn }) => [name, dependsOn.map(({ service }) => service)]),
  );
  const ordered = waves(graph).map((wave) =>
    chosen
      .filter(({ name }) => wave.includes(name))
      .map((service) => ({ name: service.name, targets: targetsOfService(service, known) }))
      .filter(({ targets }) => targets.length > 0),
  );
  return {
    waves: ordered.filter((wave) => wave.length > 0),
    missing: chosen.flatMap((service) => replicaNames(service, known).filter((name) => !known.has(name))),
  };
}

/** What goes on running, of the services that are named; no name means all. Pure. */
export function chosenServices({ services }: Pick<Plan, 'services'>, names: readonly string[]): PlannedService[] {
  return services.filter(({ name, kind }) => kind === 'service' && (names.length === 0 || names.includes(name)));
}

function targetsOfService(service: PlannedService, known: ReadonlyMap<string, string>): Target[] {
  const { stopGraceMs: graceMs, healthTimeoutMs: timeoutMs } = service.rollout;
  const hasHealthcheck = service.healthcheck !== undefined;
  return replicaNames(service, known).flatMap((name) => {
    const container = known.get(name);
    return container === undefined
      ? []
      : [{ name, service: service.name, container, graceMs, timeoutMs, hasHealthcheck }];
  });
}

/** Those that are planned, and those beyond that still run: an `up` has not removed them yet. */
function replicaNames({ name, replicas }: PlannedService, known: ReadonlyMap<string, string>): string[] {
  const names = Array.from({ length: replicas }, (_, index) => `${name}-${index + 1}`);
  for (let number = replicas + 1; known.has(`${name}-${number}`); number++) names.push(`${name}-${number}`);
  return names;
}

/** The containers that were let in as replicas, by `<service>-<n>`. */
function containersIn(state: StackState): Map<string, string> {
  return new Map(
    state.resources.flatMap(({ type, outputs, delete: replaced }) => {
      const { service, replica, container } = outputs ?? {};
      const isReplica = type === TYPES.replica && replaced !== true;
      return isReplica && typeof service === 'string' && typeof replica === 'number' && typeof container === 'string'
        ? [[`${service}-${replica}`, container] as const]
        : [];
    }),
  );
}

import type { Plan, PlannedService } from '../../config/plan/types.ts';
import { displayName } from '../hosts/containers.ts';
import type { Observed } from './observe.ts';

/** What the state knows that tells a planned container from another. */
export interface Expected {
  /** Ids of the containers that the state holds to be current. */
  readonly containers: ReadonlySet<string>;
  /** Planned image → its local id and the name it goes by. */
  readonly images: ReadonlyMap<string, { readonly id: string; readonly name: string }>;
}

/** One service beside its plan. Memory in bytes, uptime in ms. */
export interface ServiceStatus {
  readonly name: string;
  readonly kind: 'service' | 'job';
  readonly ready: number;
  readonly wanted: number;
  /** `healthy`, `running`, `starting`, `unhealthy`, `stopped`, `missing`, `completed`, … */
  readonly health: string;
  /** Of the youngest replica; absent: none runs. */
  readonly uptimeMs?: number;
  readonly image: string;
  readonly memoryUsed?: number;
  /** Of all replicas together; absent: none. */
  readonly memoryLimit?: number;
  readonly ports: readonly string[];
  readonly replicas: readonly ReplicaStatus[];
}

/** One replica, or one run of a job. */
export interface ReplicaStatus {
  readonly name: string;
  readonly container?: string;
  readonly health: string;
  readonly ready: boolean;
  readonly uptimeMs?: number;
  readonly restarts: number;
  readonly image: string;
  readonly memoryUsed?: number;
  readonly memoryLimit?: number;
  readonly ports: readonly string[];
  readonly exitCode?: number;
}

/** A service that somebody else runs: it is tried by `up`, and not looked at here. */
export interface ExternalStatus {
  readonly name: string;
  /** `db.example.com:5432`. */
  readonly address: string;
}

/** A whole stack beside its plan. */
export interface StackStatus {
  readonly services: readonly ServiceStatus[];
  /** What somebody else runs; absent: nothing. */
  readonly externals?: readonly ExternalStatus[];
  /** Everything that is not as planned, a sentence each; empty: all is well. */
  readonly problems: readonly string[];
}

/** Compares what runs with what is planned. Pure. */
export function assess(plan: Plan, observed: readonly Observed[], expected: Expected, nowMs: number): StackStatus {
  const problems: string[] = [];
  const services = plan.services.map((service) => {
    const own = observed.filter((container) => container.service === service.name);
    return service.kind === 'job'
      ? assessJob(service, own, expected, nowMs, problems)
      : assessService(service, own, expected, nowMs, problems);
  });
  const planned = new Set(plan.services.map((service) => service.name));
  for (const container of observed) {
    if (!planned.has(container.service) && isUp(container)) {
      problems.push(`${displayName(container)} runs and is not planned: \`slipway up\` removes it`);
    }
  }
  const externals = (plan.externals ?? []).map(({ name, host, port }) => ({ name, address: `${host}:${port}` }));
  return { services, ...(externals.length > 0 && { externals }), problems };
}

function assessService(
  service: PlannedService,
  own: readonly Observed[],
  expected: Expected,
  nowMs: number,
  problems: string[],
): ServiceStatus {
  const replicas = Array.from({ length: service.replicas }, (_, index) => {
    const name = `${service.name}-${index + 1}`;
    const candidates = own.filter((container) => container.replica === index + 1);
    const current = currentOf(candidates, expected);
    const extra = candidates.filter((container) => container !== current && isUp(container));
    if (extra.length > 0) problems.push(`${name}: ${extra.length + 1} containers run, one is planned`);
    const status = replicaStatus(name, service, current, expected, nowMs);
    problems.push(...replicaProblems(status, current, service, expected));
    return status;
  });
  for (const container of own) {
    if ((container.replica ?? 0) > service.replicas && isUp(container)) {
      problems.push(`${displayName(container)} runs, and ${service.replicas} of ${service.name} are planned`);
    }
  }
  const worst = ['missing', 'stopped', 'restarting', 'unhealthy', 'starting'].find((health) =>
    replicas.some((replica) => replica.health.startsWith(health)),
  );
  return {
    ...total(service, replicas),
    health: worst ?? replicas[0]?.health ?? 'running',
  };
}

function assessJob(
  service: PlannedService,
  own: readonly Observed[],
  expected: Expected,
  nowMs: number,
  problems: string[],
): ServiceStatus {
  const run = currentOf(own, expected);
  const base = replicaStatus(service.name, service, run, expected, nowMs);
  const health = jobHealth(run);
  if (run === undefined) problems.push(`${service.name} has not run`);
  else if (health !== 'completed') problems.push(`${service.name}: ${health}`);
  const status = {
    ...base,
    health,
    ready: health === 'completed',
    ...(run !== undefined && !isUp(run) && { exitCode: run.exitCode }),
  };
  return { ...total(service, [status]), wanted: 1, health };
}

/** What became of a job: `completed`, `running`, `missing`, or that it failed. */
export function jobHealth(run: Observed | undefined): string {
  if (run === undefined) return 'missing';
  if (isUp(run)) return 'running';
  return run.exitCode === 0 ? 'completed' : `failed (exit code ${run.exitCode})`;
}

/** The container that stands for a replica: the state's own, else one that runs, else the newest. */
export function currentOf(candidates: readonly Observed[], expected: Expected): Observed | undefined {
  const rank = (container: Observed): number =>
    (expected.containers.has(container.id) ? 4 : 0) + (isUp(container) ? 2 : 0) + (isReady(container) ? 1 : 0);
  return [...candidates].sort((a, b) => rank(b) - rank(a) || b.created - a.created)[0];
}

function isUp(container: Observed): boolean {
  return container.state === 'running' || container.state === 'restarting' || container.state === 'paused';
}

/** True if a container does what it is there for. */
export function isReady(container: Observed): boolean {
  return container.state === 'running' && (container.health === undefined || container.health === 'healthy');
}

function replicaStatus(
  name: string,
  service: PlannedService,
  container: Observed | undefined,
  expected: Expected,
  nowMs: number,
): ReplicaStatus {
  if (container === undefined) {
    return { name, health: 'missing', ready: false, restarts: 0, image: service.image, ports: [] };
  }
  const image = expected.images.get(service.imageName);
  return {
    name,
    container: container.name,
    health: healthOf(container),
    ready: isReady(container),
    ...(isUp(container) && { uptimeMs: nowMs - Date.parse(container.startedAt) }),
    restarts: container.restarts,
    image: image?.id === container.imageId ? image.name : readableImage(container.imageName, service),
    ...(container.memoryUsed !== undefined && { memoryUsed: container.memoryUsed }),
    ...(container.memoryLimit !== undefined && { memoryLimit: container.memoryLimit }),
    ports: container.ports.map(({ address, published, container: inside }) => `${address}:${published}→${inside}`),
  };
}

/** How a container is, in a word. */
export function healthOf(container: Observed): string {
  if (container.state !== 'running') return container.state === 'exited' ? 'stopped' : container.state;
  return container.health ?? 'running';
}

/** A container made from an image id bears no name that means anything. */
function readableImage(name: string, service: PlannedService): string {
  return name.startsWith('sha256:') ? `${service.image} (other build)` : name;
}

function replicaProblems(
  status: ReplicaStatus,
  container: Observed | undefined,
  service: PlannedService,
  expected: Expected,
): string[] {
  if (container === undefined) return [`${status.name} is missing: \`slipway up\` makes it`];
  const image = expected.images.get(service.imageName);
  return [
    ...(status.ready ? [] : [`${status.name} is ${status.health}${causeOf(container)}`]),
    ...(image !== undefined && image.id !== container.imageId
      ? [`${status.name} runs another image than planned (${image.name})`]
      : []),
  ];
}

/** Why a container does not run, in brackets; nothing where it does. */
export function causeOf(container: Observed): string {
  if (container.outOfMemory) return ' (out of memory)';
  return container.state === 'exited' || container.state === 'restarting' ? ` (exit code ${container.exitCode})` : '';
}

function total(service: PlannedService, replicas: readonly ReplicaStatus[]): Omit<ServiceStatus, 'health'> {
  const used = sum(replicas.flatMap(({ memoryUsed }) => memoryUsed ?? []));
  const limit = sum(replicas.flatMap(({ memoryLimit }) => memoryLimit ?? []));
  const ups = replicas.flatMap(({ uptimeMs }) => uptimeMs ?? []);
  return {
    name: service.name,
    kind: service.kind,
    ready: replicas.filter(({ ready }) => ready).length,
    wanted: service.replicas,
    ...(ups.length > 0 && { uptimeMs: Math.min(...ups) }),
    image: [...new Set(replicas.map(({ image }) => image))].join(', ') || service.image,
    ...(used !== undefined && { memoryUsed: used }),
    ...(limit !== undefined && { memoryLimit: limit }),
    ports: [...new Set(replicas.flatMap(({ ports }) => ports))],
    replicas,
  };
}

function sum(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => a + b);
}

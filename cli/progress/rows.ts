import type { Plan, PlannedService } from '../../config/plan/types.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import type { Progress, ResourceProgress } from './progress.ts';
import { isRefresh, isRemoval } from './progress.ts';

/** Where a service stands. */
export type Phase = 'waiting' | 'working' | 'ready' | 'unchanged' | 'failed' | 'removing' | 'removed';

/** What is to be shown of one service. */
export interface Row {
  readonly service: string;
  readonly phase: Phase;
  /** What it does, in a few words that stay the same for as long as it does. */
  readonly text: string;
  /** A status of the moment, for a display that is redrawn. */
  readonly note?: string;
}

/** What has to be known of a service to follow it. */
export interface Followed {
  readonly name: string;
  readonly kind: 'service' | 'job';
  readonly replicas: number;
  readonly dependsOn: readonly string[];
  readonly imageName: string;
  /** True: its image is built, not pulled. */
  readonly isBuilt: boolean;
}

const GATES: readonly string[] = [TYPES.replica, TYPES.job];

/** The services of a plan as they are followed: each after those it waits for, by name where that leaves a choice. */
export function followed(plan: Plan): Followed[] {
  const depths = new Map<string, number>();
  const byName = new Map(plan.services.map((service) => [service.name, service]));
  const depth = (service: PlannedService, below: readonly string[]): number => {
    const known = depths.get(service.name);
    if (known !== undefined) return known;
    const needs = service.dependsOn.flatMap((dependency) => byName.get(dependency.service) ?? []);
    const path = [...below, service.name];
    const own = Math.max(0, ...needs.filter(({ name }) => !path.includes(name)).map((need) => depth(need, path) + 1));
    depths.set(service.name, own);
    return own;
  };
  return [...plan.services]
    .sort((a, b) => depth(a, []) - depth(b, []) || a.name.localeCompare(b.name))
    .map(({ name, kind, replicas, dependsOn, imageName }) => ({
      name,
      kind,
      replicas,
      dependsOn: dependsOn.map((dependency) => dependency.service),
      imageName,
      isBuilt: plan.images.find((image) => image.name === imageName)?.build !== undefined,
    }));
}

/** What every service does at this point of an `up`; services that the plan no longer has come last. */
export function rowsOf(progress: Progress, services: readonly Followed[]): Row[] {
  const all = [...progress.resources.values()];
  // What is only looked at has not been made, started or found healthy.
  const resources = all.filter(({ op }) => !isRefresh(op));
  const images = new Map(resources.filter(({ type }) => type === TYPES.image).map((image) => [image.name, image]));
  const planned = new Set(services.map((service) => service.name));
  const ready = new Set(services.filter((service) => gates(resources, service).isComplete).map(({ name }) => name));
  return [
    ...services.map((service) => ({
      service: service.name,
      ...standing(service, resources, images.get(service.imageName), ready),
    })),
    ...removalRows(progress).filter((row) => !planned.has(row.service)),
  ];
}

/** What every service that is being removed does at this point, sorted by name. */
function removalRows(progress: Progress): Row[] {
  const removals = [...progress.resources.values()].filter(({ op }) => isRemoval(op));
  const names = new Set(removals.flatMap(({ service }) => service ?? []));
  return [...names].sort().map((service): Row => {
    const own = removals.filter((removal) => removal.service === service);
    if (own.some(({ status }) => status === 'failed')) return { service, phase: 'failed', text: 'failed' };
    const isGone = own.some(({ type, status }) => type === TYPES.service && status === 'done');
    return isGone ? { service, phase: 'removed', text: 'removed' } : { service, phase: 'removing', text: 'stopping' };
  });
}

/** What every one of `services` does at this point of a `down`; what holds its files goes last, and shows no more. */
export function removalRowsOf(
  progress: Progress,
  services: readonly { readonly name: string; readonly containers: number }[],
): Row[] {
  const known = new Map(removalRows(progress).map((row) => [row.service, row]));
  const gone = [...progress.resources.values()].filter(
    ({ type, op, status }) => (type === TYPES.container || type === TYPES.job) && isRemoval(op) && status === 'done',
  );
  return services.map(({ name, containers }) => {
    const row = known.get(name) ?? { service: name, phase: 'waiting', text: 'waiting' };
    const isStopped = containers > 0 && gone.filter(({ service }) => service === name).length >= containers;
    return row.phase === 'removing' && isStopped ? { service: name, phase: 'removed', text: 'removed' } : row;
  });
}

type Standing = Omit<Row, 'service'>;

function standing(
  service: Followed,
  resources: readonly ResourceProgress[],
  image: ResourceProgress | undefined,
  ready: ReadonlySet<string>,
): Standing {
  const own = resources.filter((resource) => resource.service === service.name && resource.type !== TYPES.service);
  if (own.some(({ status }) => status === 'failed')) return { phase: 'failed', text: 'failed' };
  if (image?.status === 'failed') return { phase: 'failed', text: 'failed: no image' };
  const passed = gates(resources, service);
  if (passed.isComplete) return settled(service, own, passed.done);
  const running = own.filter(({ status }) => status === 'running');
  return (
    checking(service, running, passed.done.length) ??
    starting(running) ??
    building(service, image) ??
    waiting(service, ready, running)
  );
}

/** The gates that a service has passed: of each replica, or of the one job. */
function gates(
  resources: readonly ResourceProgress[],
  service: Followed,
): { done: ResourceProgress[]; isComplete: boolean } {
  const done = resources.filter(
    ({ service: owner, type, op, status }) =>
      owner === service.name && GATES.includes(type) && !isRemoval(op) && status === 'done',
  );
  return { done, isComplete: done.length >= (service.kind === 'job' ? 1 : service.replicas) };
}

/** Every gate is open; the old containers may still be stopping. */
function settled(service: Followed, own: readonly ResourceProgress[], passed: readonly ResourceProgress[]): Standing {
  const isStopping = own.some(
    ({ op, status, type }) => isRemoval(op) && status === 'running' && type === TYPES.container,
  );
  const note = isStopping ? { note: 'stopping the old container' } : {};
  const changed = own.filter(({ op }) => op !== 'same');
  if (changed.length === 0) return { phase: 'unchanged', text: 'unchanged' };
  if (changed.every(({ op }) => isRemoval(op))) {
    const gone = changed.filter(({ type }) => type === TYPES.container).length;
    return { phase: 'ready', text: `unchanged, ${gone} fewer`, ...note };
  }
  const slowest = Math.max(...passed.filter(({ op }) => op !== 'same').map(secondsTaken));
  if (!Number.isFinite(slowest)) return { phase: 'ready', text: 'updated', ...note };
  const verb = service.kind === 'job' ? 'completed' : 'healthy';
  const count = service.replicas > 1 ? ` (${service.replicas} replicas)` : '';
  return { phase: 'ready', text: `${verb} after ${slowest.toFixed(1)} s${count}`, ...note };
}

/** Seconds that a gate took: as its provider says, else as seen from here. */
function secondsTaken(gate: ResourceProgress): number {
  const told = /after ([\d.]+) ?(ms|s)\b/.exec(gate.said?.text ?? '');
  if (told !== null) return Number(told[1]) / (told[2] === 'ms' ? 1000 : 1);
  return ((gate.endedMs ?? gate.startedMs) - gate.startedMs) / 1000;
}

function checking(service: Followed, running: readonly ResourceProgress[], passed: number): Standing | undefined {
  const gate = running.find(({ type, op }) => GATES.includes(type) && !isRemoval(op));
  if (gate === undefined) return undefined;
  const said = gate.said?.passing === true ? { note: gate.said.text } : {};
  if (service.kind === 'job') return { phase: 'working', text: 'running', ...said };
  const count = service.replicas > 1 ? ` (${passed} of ${service.replicas} healthy)` : '';
  return { phase: 'working', text: `waiting for health check${count}`, ...said };
}

function starting(running: readonly ResourceProgress[]): Standing | undefined {
  const container = running.find(({ type, op }) => type === TYPES.container && !isRemoval(op));
  if (container !== undefined) {
    return { phase: 'working', text: container.op === 'update' ? 'updating' : 'starting' };
  }
  const isStopping = running.some(({ type, op }) => type === TYPES.container && isRemoval(op));
  return isStopping ? { phase: 'working', text: 'stopping the old container' } : undefined;
}

function building(service: Followed, image: ResourceProgress | undefined): Standing | undefined {
  if (image?.status !== 'running' || image.op === 'same') return undefined;
  return { phase: 'working', text: service.isBuilt ? 'building image' : 'pulling image' };
}

function waiting(service: Followed, ready: ReadonlySet<string>, running: readonly ResourceProgress[]): Standing {
  const missing = service.dependsOn.filter((name) => !ready.has(name));
  if (missing.length > 0) return { phase: 'waiting', text: `waiting for ${missing.join(', ')}` };
  const writes = running.some(({ type }) => type === TYPES.files);
  return { phase: 'waiting', text: writes ? 'writing files' : 'preparing' };
}

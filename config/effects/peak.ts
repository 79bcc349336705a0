import type { Plan, PlannedService } from '../plan/types.ts';
import type { Peak, Standing, Touch } from './types.ts';

interface Share {
  readonly containers: number;
  /** Bytes. */
  readonly memory: number;
  readonly unlimited: number;
}

const NOTHING: Share = { containers: 0, memory: 0, unlimited: 0 };

/**
 * What runs at once, at most, while a stack is brought to a plan. Services roll side by side, each with as many replicas
 * over the plan as it replaces at once (`rollout.parallelism`); what goes for good goes at the end. Pure.
 */
export function peakOf(plan: Plan, touches: readonly Touch[], standing: readonly Standing[]): Peak {
  const names = [...new Set([...plan.services.map(({ name }) => name), ...standing.map(({ service }) => service)])];
  const shares = names.sort().map((service) => {
    const planned = plan.services.find(({ name }) => name === service);
    const own = touches.filter((touch) => touch.service === service);
    const most =
      planned?.kind === 'job'
        ? runOf(planned, own)
        : serviceShare(
            planned,
            own,
            standing.filter((container) => container.service === service),
          );
    return { service, most, planned: plannedShare(planned) };
  });
  const total = sum(shares.map(({ most }) => most));
  const later = createdAfterJobs(plan, touches);
  const jobs = sum(shares.filter(({ service }) => kindOf(plan, service) === 'job').map(({ most }) => most));
  return {
    // What waits for every job that runs is not there yet while they do.
    containers: total.containers - Math.min(jobs.containers, later.containers),
    memory: total.memory - Math.min(jobs.memory, later.memory),
    planned: without(sum(shares.map(({ planned }) => planned))),
    over: shares
      .map(({ service, most, planned }) => ({
        service,
        containers: Math.max(0, most.containers - planned.containers),
        memory: Math.max(0, most.memory - planned.memory),
      }))
      .filter(({ containers, memory }) => containers > 0 || memory > 0)
      .sort((a, b) => b.memory - a.memory || b.containers - a.containers),
    unlimited: total.unlimited,
  };
}

function without({ containers, memory }: Share): Pick<Share, 'containers' | 'memory'> {
  return { containers, memory };
}

/** The most that containers of a service come to. Limits that change are taken at the higher, each container for itself. */
function serviceShare(
  planned: PlannedService | undefined,
  touches: readonly Touch[],
  standing: readonly Standing[],
): Share {
  const containers = touches.filter(({ of }) => of === 'container');
  const actionOn = new Map(containers.map(({ name, action }) => [name, action]));
  const fresh = planned?.limits.memory;
  const there = standing.map((container): Share => {
    if (container.leaving === true) return one(container.memory);
    const action = actionOn.get(container.name);
    if (action === 'create') return one(fresh);
    return action === 'replace' || action === 'update' ? higher(container.memory, fresh) : one(container.memory);
  });
  const current = standing.filter(({ leaving }) => leaving !== true);
  const known = new Set(current.map(({ name }) => name));
  const added = containers.filter(({ name, action }) => action === 'create' && !known.has(name)).map(() => one(fresh));
  const rolled =
    planned?.rollout.order === 'createFirst' ? current.filter(({ name }) => actionOn.get(name) === 'replace') : [];
  const isChecked = touches.some(({ of, action }) => of === 'check' && action !== 'delete');
  const extra = Math.max(Math.min(planned?.rollout.parallelism ?? 0, rolled.length), isChecked ? 1 : 0);
  // Beside each of them stands the one that it gives way to, or is tried before: the lower limit is not counted yet.
  const beside = [...rolled, ...current.filter((container) => !rolled.includes(container))]
    .slice(0, extra)
    .map(({ memory }) => lower(memory, fresh));
  return sum([...there, ...added, ...beside]);
}

function runOf(job: PlannedService, touches: readonly Touch[]): Share {
  const runs = touches.some(({ of, action }) => of === 'job' && (action === 'create' || action === 'update'));
  return runs ? one(job.limits.memory) : NOTHING;
}

/** Containers that are made only once every job that runs has ended. */
function createdAfterJobs(plan: Plan, touches: readonly Touch[]): Share {
  const jobs = plan.services.filter(
    (service) =>
      service.kind === 'job' &&
      runOf(
        service,
        touches.filter((touch) => touch.service === service.name),
      ) !== NOTHING,
  );
  if (jobs.length === 0) return NOTHING;
  const waiting = plan.services.filter(({ name }) => jobs.every((job) => waitsFor(plan, name, job.name)));
  return sum(
    waiting.flatMap(({ name, limits }) =>
      touches
        .filter(({ of, action, service }) => of === 'container' && action === 'create' && service === name)
        .map(() => one(limits.memory)),
    ),
  );
}

/** The rules have seen to it that there is no cycle. */
function waitsFor(plan: Plan, service: string, other: string): boolean {
  const waits = plan.services.find(({ name }) => name === service)?.dependsOn ?? [];
  return waits.some((dependency) => dependency.service === other || waitsFor(plan, dependency.service, other));
}

/** Jobs have ended when what is planned stands. */
function plannedShare(planned: PlannedService | undefined): Share {
  if (planned?.kind !== 'service') return NOTHING;
  return sum(Array.from({ length: planned.replicas }, () => one(planned.limits.memory)));
}

function kindOf({ services }: Plan, service: string): PlannedService['kind'] {
  return services.find(({ name }) => name === service)?.kind ?? 'service';
}

function one(memory: number | undefined): Share {
  return { containers: 1, memory: memory ?? 0, unlimited: memory === undefined ? 1 : 0 };
}

function higher(a: number | undefined, b: number | undefined): Share {
  return { ...one(Math.max(a ?? 0, b ?? 0)), unlimited: a === undefined || b === undefined ? 1 : 0 };
}

function lower(a: number | undefined, b: number | undefined): Share {
  return { ...one(Math.min(a ?? 0, b ?? 0)), unlimited: a === undefined && b === undefined ? 1 : 0 };
}

function sum(shares: readonly Share[]): Share {
  return shares.reduce(
    (total, share) => ({
      containers: total.containers + share.containers,
      memory: total.memory + share.memory,
      unlimited: total.unlimited + share.unlimited,
    }),
    NOTHING,
  );
}

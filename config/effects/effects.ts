import type { Plan, PlannedService } from '../plan/types.ts';
import { outageOf } from './outages.ts';
import type { Effect, Standing, Touch } from './types.ts';

/** What an `up` does to each service that it touches, or that others miss meanwhile, sorted by name. Pure. */
export function effectsOf(plan: Plan, touches: readonly Touch[], standing: readonly Standing[]): Effect[] {
  const known = [
    ...plan.services.map(({ name }) => name),
    ...standing.map(({ service }) => service),
    ...touches.flatMap(({ service }) => service ?? []),
  ];
  return [...new Set(known)].sort().flatMap((service) => {
    const effect = effectOn(service, { plan, touches, standing });
    return effect ? [effect] : [];
  });
}

/** What effects follow from. */
export interface Grounds {
  readonly plan: Plan;
  readonly touches: readonly Touch[];
  readonly standing: readonly Standing[];
}

function effectOn(name: string, grounds: Grounds): Effect | undefined {
  const planned = grounds.plan.services.find((service) => service.name === name);
  const own = grounds.touches.filter(({ service }) => service === name);
  const count = (of: Touch['of'], action: Touch['action']): number =>
    own.filter((touch) => touch.of === of && touch.action === action).length;
  const replaced = count('container', 'replace');
  const outage = outageOf(name, planned, grounds);
  if (own.length === 0 && !outage) return undefined;
  return {
    service: name,
    kind: planned?.kind ?? (own.some(({ of }) => of === 'job') ? 'job' : 'service'),
    created: count('container', 'create'),
    replaced,
    updated: updatedInPlace(own),
    removed: count('container', 'delete'),
    replicas: planned?.kind === 'service' ? planned.replicas : 0,
    ...(planned && replaced > 0 && { rollout: rolloutOf(planned) }),
    readsAgain: own.some(({ of, action, fields }) => of === 'files' && action === 'update' && fields.includes('files')),
    isChecked: own.some(({ of, action }) => of === 'check' && action !== 'delete') && stands(name, grounds),
    runs: count('job', 'create') + count('job', 'update') > 0,
    ...(outage && { outage }),
  };
}

function stands(name: string, { standing }: Grounds): boolean {
  return standing.some(({ service, leaving }) => service === name && leaving !== true);
}

function rolloutOf({ rollout: { order, parallelism } }: PlannedService): NonNullable<Effect['rollout']> {
  return { order, parallelism };
}

/** Containers that stay and get another limit: by themselves, or by their gates. */
function updatedInPlace(own: readonly Touch[]): number {
  const updates = own.filter(({ action }) => action === 'update');
  const containers = updates.filter(({ of }) => of === 'container').map(({ name }) => name);
  const gates = updates.filter(({ of, fields }) => of === 'gate' && fields.includes('pidsLimit'));
  // A gate that changes along with its container is that container's.
  const replaced = own.filter(({ of, action }) => of === 'container' && action !== 'update').map(({ name }) => name);
  const others = gates.filter(({ name }) => ![...containers, ...replaced].some((each) => each.endsWith(`-${name}`)));
  return containers.length + others.length;
}

import type { Service } from '../schema/service.ts';
import { replicaBounds, rolloutOrder } from './defaults.ts';
import { byCodeUnit } from './sort.ts';
import type { Attachment, PlannedNetwork } from './types.ts';

type Services = Readonly<Record<string, Service>>;

const HOME = 'home';
const EGRESS = 'egress';

/** The network over which callers reach a service that is replaced create-first. */
function doorOf(service: string): string {
  return `door-${service}`;
}

/**
 * The networks of a stack: `home` for everyone, `egress` for the way out and published ports, a door for each service
 * that rolls create-first and that others call. Sizes count services whose profile is off too: turning a profile on
 * must not replace the networks of those that run.
 */
export function plannedNetworks(all: Services, active: Services): PlannedNetwork[] {
  const everyone = Object.values(all);
  const usesEgress = Object.values(active).some(needsEgress);
  const doors = Object.keys(active)
    .filter((name) => hasDoor(name, active))
    .map((name) => ({
      name: doorOf(name),
      internal: true,
      addresses: addressesFor([...everyone.filter((service) => service.calls.includes(name)), ...pick(all, name)]),
    }));
  return [
    { name: HOME, internal: true, addresses: addressesFor(everyone) },
    ...(usesEgress ? [{ name: EGRESS, internal: false, addresses: addressesFor(everyone.filter(mayNeedEgress)) }] : []),
    ...doors,
  ].sort((a, b) => byCodeUnit(a.name, b.name));
}

/** Which networks a service joins, when, and under which names. */
export function attachments(name: string, service: Service, active: Services): Attachment[] {
  const onHome: Attachment = {
    network: HOME,
    aliases: rolloutOrder(service) === 'deleteFirst' ? [name] : [],
    join: 'create',
  };
  const onEgress: Attachment[] = needsEgress(service) ? [{ network: EGRESS, aliases: [], join: 'create' }] : [];
  const called = service.calls
    .filter((other) => other !== name && hasDoor(other, active))
    .map((other): Attachment => ({ network: doorOf(other), aliases: [], join: 'create' }));
  const own: Attachment[] = hasDoor(name, active) ? [{ network: doorOf(name), aliases: [name], join: 'healthy' }] : [];
  return [onHome, ...onEgress, ...called, ...own].sort((a, b) => byCodeUnit(a.network, b.network));
}

function hasDoor(name: string, active: Services): boolean {
  const service = active[name];
  return service !== undefined && rolloutOrder(service) === 'createFirst' && isCalled(name, active);
}

/** True if another service opens connections to it. */
export function isCalled(name: string, services: Services): boolean {
  return Object.entries(services).some(([other, { calls }]) => other !== name && calls.includes(name));
}

function needsEgress(service: Service): boolean {
  return service.egress || Object.values(service.ports).some((port) => port.published !== undefined);
}

/** Publishing a port is a change of configuration, and must not make the network too small. */
function mayNeedEgress(service: Service): boolean {
  return service.egress || Object.keys(service.ports).length > 0;
}

/** Everybody at the scaling maximum, twice over: during a rollout old and new stand side by side. */
function addressesFor(services: readonly Service[]): number {
  return 2 * services.reduce((sum, service) => sum + replicaBounds(service).max, 0);
}

function pick(services: Services, name: string): Service[] {
  const service = services[name];
  return service ? [service] : [];
}

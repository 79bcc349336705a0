import { FREE, type Port } from '../schema/port.ts';
import { byCodeUnit, sortedEntries } from './sort.ts';
import type { Plan, PlannedPort } from './types.ts';

/** The ports of a service, sorted by name. */
export function plannedPorts(ports: Readonly<Record<string, Port>>): PlannedPort[] {
  return sortedEntries(ports).map(([name, { container, published, address, protocol }]) => ({
    name,
    container,
    ...(published !== undefined && { published, address }),
    protocol,
  }));
}

/** A published port, and whose it is. */
export interface Publication {
  readonly service: string;
  readonly name: string;
  readonly address: string;
  readonly published: number;
  readonly protocol: PlannedPort['protocol'];
}

/** All ports of services that are published under a number of their own, sorted by service and port. */
export function publications(
  services: readonly { readonly name: string; readonly ports: readonly PlannedPort[] }[],
): Publication[] {
  return services
    .flatMap((service) =>
      service.ports.flatMap(({ name, published, address = '127.0.0.1', protocol }) =>
        typeof published !== 'number' ? [] : [{ service: service.name, name, address, published, protocol }],
      ),
    )
    .sort((a, b) => byCodeUnit(`${a.service} ${a.name}`, `${b.service} ${b.name}`));
}

const EVERYWHERE = new Set(['0.0.0.0', '::', '']);

/** True if one port can't be bound to both addresses at once: they are the same, or one of them means all. */
export function addressesCollide(a: string, b: string): boolean {
  return a === b || EVERYWHERE.has(a) || EVERYWHERE.has(b);
}

/** What a port of a service is called among all of a stack. */
export function portKey(service: string, port: string): string {
  return `${service}.${port}`;
}

/** A port that is to be chosen. */
export interface WantedPort {
  /** Address on the host that it binds to. */
  readonly address: string;
  readonly protocol: PlannedPort['protocol'];
}

/** The ports of services whose numbers are to be chosen, by {@link portKey}. */
export function wantedPorts(
  services: readonly { readonly name: string; readonly ports: readonly PlannedPort[] }[],
): Record<string, WantedPort> {
  return Object.fromEntries(
    services.flatMap((service) =>
      service.ports.flatMap(({ name, published, address = '127.0.0.1', protocol }) =>
        published === FREE ? [[portKey(service.name, name), { address, protocol }] as const] : [],
      ),
    ),
  );
}

/** The plan with the numbers that were chosen; what was not stays `free`. */
export function withChosenPorts(plan: Plan, chosen: Readonly<Record<string, number>>): Plan {
  return {
    ...plan,
    services: plan.services.map((service) => ({
      ...service,
      ports: service.ports.map((port) =>
        port.published === FREE ? { ...port, published: chosen[portKey(service.name, port.name)] ?? FREE } : port,
      ),
    })),
  };
}

import type { Port } from '../schema/port.ts';
import { byCodeUnit, sortedEntries } from './sort.ts';
import type { PlannedPort } from './types.ts';

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

/** All published ports of services, sorted by service and port. */
export function publications(
  services: readonly { readonly name: string; readonly ports: readonly PlannedPort[] }[],
): Publication[] {
  return services
    .flatMap((service) =>
      service.ports.flatMap(({ name, published, address = '127.0.0.1', protocol }) =>
        published === undefined ? [] : [{ service: service.name, name, address, published, protocol }],
      ),
    )
    .sort((a, b) => byCodeUnit(`${a.service} ${a.name}`, `${b.service} ${b.name}`));
}

const EVERYWHERE = new Set(['0.0.0.0', '::', '']);

/** True if one port can't be bound to both addresses at once: they are the same, or one of them means all. */
export function addressesCollide(a: string, b: string): boolean {
  return a === b || EVERYWHERE.has(a) || EVERYWHERE.has(b);
}

import type { Service } from '../schema/service.ts';
import type { System } from '../schema/system.ts';
import { sortedEntries } from './sort.ts';
import type { PlannedVolume } from './types.ts';

/**
 * The volumes that a service writes, whether or not its profile is on: data must not be lost because a service is off
 * for a while. One that keeps none is there for those that run.
 */
export function plannedVolumes(
  { volumes, services }: Pick<System, 'volumes' | 'services'>,
  active: Readonly<Record<string, Service>>,
): PlannedVolume[] {
  return sortedEntries(volumes).flatMap(([name, { description, keep }]) => {
    if (!keep && !Object.values(active).some((service) => service.volumes[name])) return [];
    const writer = sortedEntries(services).find(([, service]) => service.volumes[name]?.readOnly === false);
    return writer ? [{ name, service: writer[0], description, ...(!keep && { keep }) }] : [];
  });
}

/** True if what a service writes has to last. */
export function keepsData(service: Service, volumes: System['volumes']): boolean {
  return Object.entries(service.volumes).some(([name, { readOnly }]) => !readOnly && volumes[name]?.keep !== false);
}

import type { System } from '../schema/system.ts';
import { sortedEntries } from './sort.ts';
import type { PlannedVolume } from './types.ts';

/**
 * The volumes that a service writes, whether or not its profile is on: data must not be lost because a service is off
 * for a while.
 */
export function plannedVolumes({ volumes, services }: System): PlannedVolume[] {
  return sortedEntries(volumes).flatMap(([name, { description }]) => {
    const writer = sortedEntries(services).find(([, service]) => service.volumes[name]?.readOnly === false);
    return writer ? [{ name, service: writer[0], description }] : [];
  });
}

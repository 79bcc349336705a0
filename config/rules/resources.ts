import { origin, type Resolution } from '../plan/resolution.ts';
import type { Issue } from '../plan/types.ts';
import { formatBytes } from '../schema/bytes.ts';
import type { Service } from '../schema/service.ts';
import { error, type Rule } from './rule.ts';

/** No service has more set aside than it may use. */
export const checkReservations: Rule = (resolution) =>
  Object.entries(resolution.active).flatMap(([name, service]) => [
    ...checkOne(resolution, name, service, 'memory', formatBytes),
    ...checkOne(resolution, name, service, 'cpus', String),
  ]);

function checkOne(
  resolution: Resolution,
  name: string,
  { limits, reservations }: Service,
  resource: 'memory' | 'cpus',
  format: (amount: number) => string,
): Issue[] {
  const limit = limits[resource];
  const reserved = reservations[resource];
  if (limit === undefined || reserved === undefined || limit >= reserved) return [];
  return [
    error(
      origin(resolution, name, resource, ['limits', resource]),
      `"${name}" is limited to ${format(limit)} of ${resource}, below the ${format(reserved)} that are reserved for it`,
      `${format(reserved)} or more`,
    ),
  ];
}

import { findCycles } from '../plan/order.ts';
import { error, type Rule } from './rule.ts';

/** Services that wait for themselves, by way of others. */
export const checkCycles: Rule = ({ system }) =>
  findCycles(
    Object.fromEntries(
      Object.entries(system.services).map(([name, service]) => [name, Object.keys(service.dependsOn)]),
    ),
  ).map((cycle) =>
    error(
      `${system.name}:services.${cycle[0] ?? ''}.dependsOn`,
      `waits for itself: ${cycle.join(' → ')}`,
      'dependencies without a cycle; a service may call another without waiting for it (`calls`)',
    ),
  );

/** Services that run and wait for one whose profile is off. */
export const checkProfilesOfDependencies: Rule = ({ system, active }) =>
  Object.entries(active).flatMap(([name, service]) =>
    Object.entries(service.dependsOn).flatMap(([other, { required }]) => {
      const target = system.services[other];
      if (!target || Object.hasOwn(active, other) || !required) return [];
      const profiles = [...target.profiles].sort().join(' or ');
      return [
        error(
          'slipway:profiles',
          `"${name}" waits for "${other}", whose profile is off`,
          `${profiles} among the profiles`,
        ),
      ];
    }),
  );

import type { Standing, Touch } from '../../../../config/effects/types.ts';
import type { Plan } from '../../../../config/plan/types.ts';
import type { SystemDescription, SystemInput } from '../../../../config/schema/system.ts';
import { planOf, resolveShop, system } from '../fixture.ts';

/** The plan of a shop with these services. */
export function planWith(services: SystemInput['services'], changes: Partial<SystemDescription> = {}): Plan {
  return planOf(resolveShop(system(services, { volumes: VOLUMES, ...changes })));
}

const VOLUMES = {
  data: { description: 'Data.' },
  shared: { description: 'Shared.' },
  sockets: { description: 'No data.', keep: false },
};

/** What an `up` does to the container of a replica. */
export function container(service: string, action: Touch['action'], number = 1): Touch {
  return { of: 'container', service, name: `shop-dev-${service}-${number}`, action, fields: [] };
}

/** The container of a replica, as the state has it. */
export function stands(service: string, more: Partial<Standing> = {}, number = 1): Standing {
  return { service, name: `shop-dev-${service}-${number}`, published: [], isNamed: false, ...more };
}

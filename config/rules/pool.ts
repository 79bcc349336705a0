import { plannedNetworks } from '../plan/networks.ts';
import { allocateSubnets, subnetSize } from '../plan/subnets.ts';
import { error, type Rule } from './rule.ts';

/** The pool is large enough for the networks of the stack, were it all free. */
export const checkPool: Rule = ({ settings, system, active }) => {
  const networks = plannedNetworks(system.services, active);
  const wanted = Object.fromEntries(networks.map(({ name, addresses }) => [name, addresses]));
  const answer = allocateSubnets({ pool: settings.network.pool, taken: [], wanted, kept: {} });
  if (!('problem' in answer)) return [];
  const total = networks.reduce((sum, { addresses }) => sum + subnetSize(addresses), 0);
  const prefix = 32 - Math.ceil(Math.log2(total));
  return [
    error(
      'slipway:network.pool',
      `${settings.network.pool} is too small: ${networks.length} networks need ${total} addresses`,
      `a block of /${prefix} or larger, such as 10.213.0.0/${Math.min(prefix, 16)}`,
    ),
  ];
};

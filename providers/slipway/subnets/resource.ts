import { parseCidr } from '../../../config/plan/cidr.ts';
import { subnetSize } from '../../../config/plan/subnets.ts';
import {
  type Change,
  diffValues,
  failures,
  hasUnknowns,
  isValues,
  type Resource,
  UNKNOWN,
  type Value,
  type Values,
} from '../../rpc/index.ts';
import { type Host, unlessGone } from '../host/host.ts';
import { allocate, keepable, release } from './allocate.ts';
import { toldGateways } from './occupied.ts';
import { SubnetsInputs, SubnetsState } from './schema.ts';

/** What decides which subnets stay. */
const Wanted = SubnetsInputs.pick({ networks: true, pool: true });

/** The change that makes an update write a record again that has got lost. */
const LOST_RECORD: Change = { path: ['record'], kind: 'update', inputDiff: false };

/**
 * The subnets of a stack's networks. Chosen once, then kept: whatever changes, a network that stays wanted keeps its
 * subnet as long as that is large enough and lies in the pool. Updated in place, never replaced.
 */
export function subnetsResource(host: Host): Resource {
  return {
    token: 'slipway:index:Subnets',
    check: ({ inputs }) => ({ inputs, failures: failures(SubnetsInputs, inputs) }),
    diff: ({ olds, news, state }) => ({
      changes: [...diffValues(olds, news), ...(state['record'] === '' ? [LOST_RECORD] : [])],
    }),
    async create(operation, inputs) {
      if (operation.preview) return { id: '', state: previewed(inputs, NONE) };
      const parsed = SubnetsInputs.parse(inputs);
      const state = await allocate(host, parsed, {}, operation.signal);
      return { id: `${parsed.stack}-subnets`, state: { ...inputs, ...state, gateways: {} } };
    },
    async update(operation, { news, state }) {
      const had = SubnetsState.parse(state);
      if (operation.preview) return previewed(news, had);
      const chosen = await allocate(host, SubnetsInputs.parse(news), had.subnets, operation.signal);
      return { ...news, ...chosen, gateways: gatewaysOf(chosen.subnets, had) };
    },
    async read(_, { state, inputs }) {
      // Without its record the subnets are still in use: a new choice would replace every network.
      const { record, subnets } = SubnetsState.parse(state);
      const there = record !== '' && (await unlessGone(host.docker.getVolume(record).inspect()));
      const gateways = await toldGateways(host, SubnetsInputs.parse(inputs).labels, subnets);
      return { state: { ...state, gateways, record: there ? record : '' }, inputs };
    },
    async delete(_, { state }) {
      const { record } = SubnetsState.parse(state);
      if (record !== '') await release(host, record);
    },
  };
}

/** What a stack has. */
type Had = Pick<SubnetsState, 'subnets' | 'gateways'>;

const NONE: Had = { subnets: {}, gateways: {} };

/** What is certain before an `up`: the subnets that stay. */
function previewed(inputs: Values, had: Had): Values {
  const subnets = certain(inputs, had.subnets);
  return { ...inputs, subnets, gateways: isValues(subnets) ? gatewaysOf(subnets, had) : UNKNOWN, record: UNKNOWN };
}

/** The gateways of the networks that keep their subnets. */
function gatewaysOf(subnets: Values, had: Had): Record<string, string> {
  return Object.fromEntries(
    Object.entries(had.gateways).filter(([network]) => subnets[network] === had.subnets[network]),
  );
}

function certain(inputs: Values, had: Readonly<Record<string, string>>): Value {
  if (hasUnknowns(inputs['networks']) || hasUnknowns(inputs['pool'])) return UNKNOWN;
  const wanted = Wanted.parse({ networks: inputs['networks'], pool: inputs['pool'] });
  const kept = keepable(wanted, had);
  return Object.fromEntries(
    Object.entries(wanted.networks).map(([network, addresses]) => {
      const subnet = kept[network];
      return [network, subnet !== undefined && fits(subnet, addresses) ? subnet : UNKNOWN];
    }),
  );
}

function fits(subnet: string, addresses: number): boolean {
  return (parseCidr(subnet)?.size ?? 0) >= subnetSize(addresses);
}

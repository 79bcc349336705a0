import {
  type Change,
  diffValues,
  failures,
  hasUnknowns,
  type Resource,
  UNKNOWN,
  type Value,
  type Values,
} from '../../rpc/index.ts';
import type { Host } from '../host/host.ts';
import { choose, keepable } from './choose.ts';
import { PortsInputs, PortsState } from './schema.ts';

/**
 * Ports of a host for a stack. Chosen once among those that are free, then kept: what stays wanted keeps its port,
 * unless somebody else has taken it meanwhile. Updated in place, never replaced; the host holds nothing of it.
 */
export function portsResource(host: Host): Resource {
  return {
    token: 'slipway:index:Ports',
    check: ({ inputs }) => ({ inputs, failures: failures(PortsInputs, inputs) }),
    async diff({ olds, news, state }) {
      return { changes: [...diffValues(olds, news), ...(await lost(host, news, state))] };
    },
    async create(operation, inputs) {
      const id = (stack: string): string => `${stack}-ports`;
      if (operation.preview) return { id: '', state: await previewed(host, inputs, {}) };
      const parsed = PortsInputs.parse(inputs);
      return { id: id(parsed.stack), state: { ...inputs, ports: await choose(host, parsed, {}) } };
    },
    async update(operation, { news, state }) {
      const { ports } = PortsState.parse(state);
      if (operation.preview) return previewed(host, news, ports);
      return { ...news, ports: await choose(host, PortsInputs.parse(news), ports) };
    },
    read: (_, { state, inputs }) => Promise.resolve({ state, inputs }),
    delete: () => Promise.resolve(),
  };
}

/** Ports that somebody else has by now: a change that makes an update choose others. */
async function lost(host: Host, news: Values, state: Values): Promise<Change[]> {
  if (hasUnknowns(news)) return [];
  const inputs = PortsInputs.parse(news);
  const { ports } = PortsState.parse(state);
  const keeps = await keepable(host, inputs, ports);
  return Object.keys(ports)
    .filter((key) => inputs.wanted[key] !== undefined && keeps[key] === undefined)
    .map((key) => ({ path: ['ports', key], kind: 'update', inputDiff: false }));
}

/** What is certain before an `up`: the ports that stay. */
async function previewed(host: Host, inputs: Values, had: Readonly<Record<string, number>>): Promise<Values> {
  return { ...inputs, ports: await certain(host, inputs, had) };
}

async function certain(host: Host, inputs: Values, had: Readonly<Record<string, number>>): Promise<Value> {
  if (hasUnknowns(inputs['wanted'])) return UNKNOWN;
  const { wanted } = PortsInputs.pick({ wanted: true }).loose().parse(inputs);
  const keeps = hasUnknowns(inputs) ? {} : await keepable(host, PortsInputs.parse(inputs), had);
  return Object.fromEntries(Object.keys(wanted).map((key) => [key, keeps[key] ?? UNKNOWN]));
}

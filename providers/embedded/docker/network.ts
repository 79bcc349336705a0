import type Docker from 'dockerode';
import type { Operation, Resource, Values } from '../../rpc/index.ts';
import { blockSet, flag, map, text } from '../schema/attribute.ts';
import { checkInputs } from '../schema/check.ts';
import { complete } from '../schema/complete.ts';
import { diffInputs } from '../schema/diff.ts';
import { stateOf, unknownOutputs } from '../schema/state.ts';
import { isGone } from '../../../engine/answers.ts';
import { failed, reason } from './errors.ts';
import { whileInUse } from './removal.ts';

const replace = 'always';

/** docker:index/network:Network. */
export const NETWORK = {
  name: text({ replace }),
  driver: text({ computed: true, replace }),
  internal: flag({ computed: true, replace }),
  attachable: flag({ replace }),
  ipamConfigs: blockSet({ subnet: text(), gateway: text() }, { computed: true, replace }),
  labels: blockSet({ label: text({ required: true }), value: text({ required: true }) }, { replace }),
  options: map({ computed: true, replace }),
} as const;

const LONGEST_NAME = 255;

/** docker:index/network:Network on the engine of `docker`. */
export function networkResource(docker: Docker): Resource {
  return {
    token: 'docker:index/network:Network',
    check: (args) => checkInputs(NETWORK, args, { autoName: LONGEST_NAME }),
    diff: (args) => diffInputs(NETWORK, args, { autoNamed: true }),
    create: (operation, inputs) => create(docker, operation, inputs),
    read: async (_operation, { id, state }) => {
      const found = await inspected(docker, id, { ...stateOf(NETWORK, {}, undefined), ...state });
      return found && { state: found };
    },
    // Whatever changes replaces it.
    update: (_operation, { state }) => Promise.resolve(state),
    delete: ({ signal }, { id }) => remove(docker, id, signal),
  };
}

async function create(docker: Docker, { preview }: Operation, raw: Values): Promise<{ id: string; state: Values }> {
  const planned = stateOf(NETWORK, raw, undefined, preview);
  if (preview) return { id: '', state: { ...planned, ...unknownOutputs(['scope']) } };
  const { name, driver, internal, attachable, ipamConfigs, labels, options } = complete(NETWORK, raw);
  const made = await docker
    .createNetwork({
      Name: name,
      ...(driver !== '' && { Driver: driver }),
      Internal: internal,
      Attachable: attachable,
      Labels: Object.fromEntries(labels.map(({ label, value }) => [label, value])),
      Options: { ...options },
      IPAM: {
        Driver: 'default',
        Config: ipamConfigs.map(({ subnet, gateway }) => ({
          ...(subnet !== '' && { Subnet: subnet }),
          ...(gateway !== '' && { Gateway: gateway }),
        })),
      },
    })
    .catch((error: unknown) => {
      throw failed(`Unable to create network ${name}`, error);
    });
  const state = await inspected(docker, made.id, planned);
  if (state === null) throw new Error(`network ${name} was gone as soon as it was made`);
  return { id: made.id, state };
}

async function inspected(docker: Docker, id: string, before: Values): Promise<Values | null> {
  try {
    const found = await docker.getNetwork(id).inspect();
    return {
      ...before,
      name: found.Name,
      driver: found.Driver,
      internal: found.Internal,
      attachable: found.Attachable,
      ingress: found.Ingress,
      ipv6: found.EnableIPv6,
      scope: found.Scope,
      ipamDriver: found.IPAM?.Driver ?? 'default',
      ipamConfigs: (found.IPAM?.Config ?? []).map(({ Subnet = '', Gateway = '' }) => ({
        subnet: Subnet,
        gateway: Gateway,
      })),
      labels: labelsOf(found.Labels),
      options: found.Options ?? {},
    };
  } catch (error) {
    if (isGone(error)) return null;
    throw failed(`Unable to inspect network ${id}`, error);
  }
}

/** Labels as inputs have them, sorted. */
export function labelsOf(labels: Readonly<Record<string, string>> | null | undefined): Values[] {
  return Object.entries(labels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => ({ label, value }));
}

async function remove(docker: Docker, id: string, signal: AbortSignal): Promise<void> {
  try {
    await whileInUse(
      () => docker.getNetwork(id).remove() as Promise<unknown>,
      (error) => reason(error).includes('has active endpoints'),
      signal,
    );
  } catch (error) {
    if (!isGone(error)) throw failed(`Unable to remove network ${id}`, error);
  }
}

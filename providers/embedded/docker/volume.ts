import type Docker from 'dockerode';
import type { Operation, Resource, Values } from '../../rpc/index.ts';
import { blockSet, map, text } from '../schema/attribute.ts';
import { checkInputs } from '../schema/check.ts';
import { complete } from '../schema/complete.ts';
import { diffInputs } from '../schema/diff.ts';
import { stateOf, unknownOutputs } from '../schema/state.ts';
import { isGone } from '../../../engine/answers.ts';
import { failed, reason } from './errors.ts';
import { labelsOf } from './network.ts';
import { whileInUse } from './removal.ts';

const replace = 'always';

/** docker:index/volume:Volume. */
export const VOLUME = {
  name: text({ computed: true, replace }),
  driver: text({ computed: true, replace }),
  driverOpts: map({ replace }),
  labels: blockSet({ label: text({ required: true }), value: text({ required: true }) }, { replace }),
} as const;

const LONGEST_NAME = 255;

/** docker:index/volume:Volume on the engine of `docker`. */
export function volumeResource(docker: Docker): Resource {
  return {
    token: 'docker:index/volume:Volume',
    check: (args) => checkInputs(VOLUME, args, { autoName: LONGEST_NAME }),
    diff: (args) => diffInputs(VOLUME, args, { autoNamed: true }),
    create: (operation, inputs) => create(docker, operation, inputs),
    read: async (_operation, { id, state }) => {
      const found = await inspected(docker, id, { ...stateOf(VOLUME, {}, undefined), ...state });
      return found && { state: found };
    },
    // Whatever changes replaces it.
    update: (_operation, { state }) => Promise.resolve(state),
    delete: ({ signal }, { id }) => remove(docker, id, signal),
  };
}

async function create(docker: Docker, { preview }: Operation, raw: Values): Promise<{ id: string; state: Values }> {
  const planned = stateOf(VOLUME, raw, undefined, preview);
  if (preview) return { id: '', state: { ...planned, ...unknownOutputs(['mountpoint']) } };
  const { name, driver, driverOpts, labels } = complete(VOLUME, raw);
  await docker
    .createVolume({
      Name: name,
      ...(driver !== '' && { Driver: driver }),
      DriverOpts: { ...driverOpts },
      Labels: Object.fromEntries(labels.map(({ label, value }) => [label, value])),
    })
    .catch((error: unknown) => {
      throw failed(`Unable to create volume ${name}`, error);
    });
  const state = await inspected(docker, name, planned);
  if (state === null) throw new Error(`volume ${name} was gone as soon as it was made`);
  return { id: name, state };
}

async function inspected(docker: Docker, id: string, before: Values): Promise<Values | null> {
  try {
    const found = await docker.getVolume(id).inspect();
    return {
      ...before,
      name: found.Name,
      driver: found.Driver,
      driverOpts: found.Options && Object.keys(found.Options).length > 0 ? found.Options : null,
      labels: labelsOf(found.Labels),
      mountpoint: found.Mountpoint,
    };
  } catch (error) {
    if (isGone(error)) return null;
    throw failed(`Unable to inspect volume ${id}`, error);
  }
}

async function remove(docker: Docker, id: string, signal: AbortSignal): Promise<void> {
  try {
    await whileInUse(
      () => docker.getVolume(id).remove({ force: true }),
      (error) => reason(error).includes('volume is in use'),
      signal,
    );
  } catch (error) {
    if (!isGone(error)) throw failed(`Unable to remove volume ${id}`, error);
  }
}

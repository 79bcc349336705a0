import { diffValues, failures, type Resource, type Values } from '../../rpc/index.ts';
import { type Host, unlessGone } from '../host/host.ts';
import { FilesInputs } from './schema.ts';
import { createVolume, removeVolume } from './volume.ts';

/** Inputs that have no part in what stands in the volume. */
const INCIDENTAL = ['image'];

/**
 * A volume with files in it. Containers that run keep the volume they have: other files are another volume, under
 * another name, made before the old one goes.
 */
export function filesResource(host: Host): Resource {
  return {
    token: 'slipway:index:Files',
    check({ inputs, olds, seed }) {
      const wrong = failures(FilesInputs, inputs);
      const name = inputs['name'];
      // Pulumi checks once more, without the old inputs, when it replaces: then the name is another one.
      const volume = olds?.['volume'] ?? (typeof name === 'string' ? autoName(name, seed) : name);
      return { inputs: volume === undefined ? inputs : { ...inputs, volume }, failures: wrong };
    },
    diff: ({ olds, news }) => ({
      changes: diffValues(olds, news, (path) => !INCIDENTAL.includes(String(path[0]))),
    }),
    async create(operation, inputs) {
      if (operation.preview) return { id: '', state: stateOf(inputs) };
      const parsed = FilesInputs.parse(inputs);
      const { volume } = parsed;
      if (volume === undefined) throw new Error('the inputs were not checked');
      await createVolume(host, volume, parsed);
      return { id: volume, state: stateOf(inputs) };
    },
    async read(_, { id, state }) {
      return (await unlessGone(host.docker.getVolume(id).inspect())) ? { state } : null;
    },
    update: (_, { news }) => Promise.resolve(stateOf(news)),
    async delete(operation, { id }) {
      await removeVolume(host, id, operation.signal);
    },
  };
}

/** The contents stay with the inputs: once in the state is enough for a secret. */
function stateOf({ name, image, labels, volume }: Values): Values {
  return Object.fromEntries(
    Object.entries({ name, image, labels, volume }).filter(([, value]) => value !== undefined),
  ) as Values;
}

/** `<prefix>-<7 hex>`, as Pulumi's own automatic names. */
function autoName(prefix: string, seed: Uint8Array): string {
  return `${prefix}-${Buffer.from(seed).toString('hex').slice(0, 7)}`;
}

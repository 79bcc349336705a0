import { isDeepStrictEqual } from 'node:util';
import { type Change, diffValues, failures, type Resource, type Values } from '../../rpc/index.ts';
import { type Host, unlessGone } from '../host/host.ts';
import { alteredIn } from './altered.ts';
import { tellReaders, wayToTell } from './reload.ts';
import { FilesInputs } from './schema.ts';
import { createVolume, refillVolume, removeVolume } from './volume.ts';

/** Inputs that have no part in what stands in the volume. */
const INCIDENTAL = ['image', 'reload'];

/**
 * A volume with files in it. Containers that run keep the volume they have: other files are another volume, under
 * another name, made before the old one goes. Where those who have the files can read them again, other contents are
 * written into the volume that there is, and they are told.
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
    diff: ({ olds, news, state }) => ({
      changes: [
        ...diffValues(
          olds,
          news,
          ([first]) => !INCIDENTAL.includes(String(first)) && !(first === 'files' && isReloaded(olds, news)),
        ),
        ...alterations(olds, news, state),
      ],
    }),
    async create(operation, inputs) {
      if (operation.preview) return { id: '', state: stateOf(inputs) };
      const parsed = FilesInputs.parse(inputs);
      const { volume } = parsed;
      if (volume === undefined) throw new Error('the inputs were not checked');
      await createVolume(host, volume, parsed);
      return { id: volume, state: stateOf(inputs) };
    },
    async read(_, { id, state, inputs }) {
      if (!(await unlessGone(host.docker.getVolume(id).inspect()))) return null;
      const altered = await alteredIn(host, id, inputs);
      return { state: { ...stateOf(state), ...(altered.length > 0 && { altered: [...altered] }) } };
    },
    async update(operation, { id, olds, news, state }) {
      const isOther = !isDeepStrictEqual(olds['files'], news['files']) || alteredPaths(state).length > 0;
      if (!operation.preview && isOther) {
        const { reload, ...inputs } = FilesInputs.parse(news);
        const before = FilesInputs.parse(olds);
        await refillVolume(host, id, inputs);
        try {
          if (reload !== undefined) await tellReaders(host, operation, id, wayToTell(reload, before));
        } catch (error) {
          // Whoever is restarted is not to find what a running one does not take.
          await refillVolume(host, id, before);
          throw error;
        }
      }
      return stateOf(news);
    },
    async delete(operation, { id }) {
      await removeVolume(host, id, operation.signal);
    },
  };
}

/**
 * Files that somebody has changed in the volume. Where they can be read again they are written anew; what should not be
 * there at all stays out of another volume only.
 */
function alterations(olds: Values, news: Values, state: Values): Change[] {
  const names = namesOf(news['files']);
  const isWritable = isReloaded(olds, news) && alteredPaths(state).every((path) => names.includes(path));
  return alteredPaths(state).map((path) => ({
    ...{ path: ['files', path], kind: 'update', inputDiff: false, replace: !isWritable },
  }));
}

function alteredPaths({ altered }: Values): string[] {
  return Array.isArray(altered) ? altered.map(String) : [];
}

/** Whether other files are given to those who have the volume: what they may read again, under the names they know. */
function isReloaded(olds: Values, news: Values): boolean {
  if (news['reload'] === undefined || !isDeepStrictEqual(olds['reload'], news['reload'])) return false;
  return isDeepStrictEqual(namesOf(olds['files']), namesOf(news['files']));
}

function namesOf(files: unknown): string[] {
  return typeof files === 'object' && files !== null ? Object.keys(files).sort() : [];
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

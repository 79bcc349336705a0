import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import { containerName, isGone, statusOf } from '../../../engine/answers.ts';
import { LABELS } from '../../../engine/labels.ts';
import { failure, type Host, unlessGone } from '../host/host.ts';
import { remove } from '../host/stop.ts';
import { archive, firstFile } from './archive.ts';
import type { FilesInputs } from './schema.ts';

/** Where the helper mounts the volume: no image has anything there that the engine would copy into it. */
const MOUNT = '/.slipway-files';
/** How long a volume may still be in use by a container that is on its way out. */
const RELEASE_MS = 30_000;
const RETRY_MS = 500;

/** Makes a volume and puts the files in. One that can't be filled is removed again. */
export async function createVolume(host: Host, volume: string, inputs: FilesInputs): Promise<void> {
  // Creating one that exists would do nothing, and the files would go into somebody else's.
  if (await unlessGone(host.docker.getVolume(volume).inspect())) {
    throw new Error(`volume ${volume} on ${host.address} exists already`);
  }
  try {
    await host.docker.createVolume({ Name: volume, Labels: inputs.labels });
    await upload(host, volume, inputs);
  } catch (error) {
    await host.docker
      .getVolume(volume)
      .remove({ force: true })
      .catch(() => undefined);
    throw failure(host, `volume ${volume} can't be filled`, error);
  }
}

/** Writes other contents into the files of a volume that is in use. */
export async function refillVolume(host: Host, volume: string, inputs: FilesInputs): Promise<void> {
  try {
    await upload(host, volume, inputs);
  } catch (error) {
    throw failure(host, `volume ${volume} can't be filled anew`, error);
  }
}

/** A volume that is in use by others, as files. */
export interface OpenVolume {
  /** Undefined: there is no such file. */
  read(path: string): Promise<string | undefined>;
  /** Replaces or makes a file that everybody may read. */
  write(path: string, content: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a volume for reading and writing single files, through a container that is never started. */
export async function openVolume(host: Host, volume: string, inputs: HelperInputs): Promise<OpenVolume> {
  const helper = await createHelper(host, volume, inputs, `-${randomBytes(4).toString('hex').slice(0, 7)}`);
  return {
    read: async (path) => {
      const tar = await unlessGone(helper.getArchive({ path: `${MOUNT}/${path}` }));
      return tar && (await firstFile(tar));
    },
    write: async (path, content) => {
      await helper.putArchive(await archive({ [path]: { content, mode: '0444', uid: 0, gid: 0 } }), { path: MOUNT });
    },
    close: () => remove(host, helper.id),
  };
}

/** What a container is made of that is never started. */
export type HelperInputs = Pick<FilesInputs, 'image' | 'labels'>;

/** A container that is never started is enough for the engine to mount the volume and unpack into it. */
async function upload(host: Host, volume: string, { image, labels, files }: FilesInputs): Promise<void> {
  const helper = await createHelper(host, volume, { image, labels });
  try {
    await helper.putArchive(await archive(files), { path: MOUNT });
  } finally {
    await remove(host, helper.id);
  }
}

async function createHelper(
  host: Host,
  volume: string,
  { image, labels }: HelperInputs,
  suffix = '',
): Promise<Docker.Container> {
  return host.docker.createContainer({
    name: `${volume}-helper${suffix}`,
    Image: image,
    Entrypoint: ['never-started'],
    Labels: { ...labels, [LABELS.kind]: 'helper' },
    NetworkDisabled: true,
    HostConfig: { NetworkMode: 'none', Binds: [`${volume}:${MOUNT}`] },
  });
}

/** Removes a volume, waiting a while for containers that use it to go. One that is gone is left at that. */
export async function removeVolume(host: Host, volume: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + RELEASE_MS;
  for (;;) {
    try {
      await host.docker.getVolume(volume).remove();
      return;
    } catch (error) {
      if (isGone(error)) return;
      const inUse = statusOf(error) === 409;
      if (!inUse || Date.now() > deadline) {
        const users = inUse ? `, used by ${await usersOf(host, volume)}` : '';
        throw failure(host, `volume ${volume}${users}, can't be removed`, error);
      }
      await delay(RETRY_MS, undefined, { signal });
    }
  }
}

async function usersOf(host: Host, volume: string): Promise<string> {
  const containers = await host.docker.listContainers({ all: true, filters: { volume: [volume] } });
  return containers.map(containerName).join(', ');
}

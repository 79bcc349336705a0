import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { extract } from 'tar-stream';
import { isGone, statusOf } from './answers.ts';
import { LABELS } from './labels.ts';

/** A file as it stands in a volume. */
export interface StoredFile {
  /** Of what is no file, what it is in brackets. */
  readonly content: string;
  /** Permissions, e.g. 0o400. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Volumes with files, and what a helper that reads them is made of. */
export interface VolumesToRead {
  /** They have to be there, or the engine would make them. */
  readonly volumes: readonly string[];
  /** Images that one of is likely to be on the host. */
  readonly images: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** Where the helper mounts the volumes, a number each: no image has anything there. */
const FOLDER = '.slipway-files';

/** The files of volumes, all in one go, through a container that is never started and is gone afterwards. */
export async function readVolumes(
  docker: Docker,
  asked: VolumesToRead | undefined,
): Promise<Map<string, Map<string, StoredFile>>> {
  if (!asked) return new Map();
  const helper = await createHelper(docker, asked);
  try {
    const tar = await helper.getArchive({ path: `/${FOLDER}` });
    return await sorted(tar, asked.volumes);
  } finally {
    await helper.remove({ force: true, v: true }).catch((error: unknown) => {
      if (!isGone(error) && statusOf(error) !== 409) throw error; // 409: somebody else is removing it.
    });
  }
}

async function createHelper(docker: Docker, { volumes, images, labels }: VolumesToRead): Promise<Docker.Container> {
  let last: unknown;
  for (const image of images) {
    try {
      return await docker.createContainer({
        name: `slipway-look-${randomBytes(5).toString('hex')}`,
        Image: image,
        Entrypoint: ['never-started'],
        Labels: { ...labels, [LABELS.kind]: 'helper' },
        NetworkDisabled: true,
        HostConfig: {
          NetworkMode: 'none',
          Binds: volumes.map((volume, index) => `${volume}:/${FOLDER}/${index.toString()}:ro`),
        },
      });
    } catch (error) {
      if (!isGone(error)) throw error;
      last = error; // The image is gone: another may be there.
    }
  }
  throw last;
}

async function sorted(
  tar: NodeJS.ReadableStream,
  volumes: readonly string[],
): Promise<Map<string, Map<string, StoredFile>>> {
  const found = new Map(volumes.map((volume) => [volume, new Map<string, StoredFile>()]));
  for await (const entry of tar.pipe(extract())) {
    const { name, type, mode, uid, gid } = entry.header;
    const [, index = '', ...path] = name.split('/');
    const volume = found.get(volumes[Number(index)] ?? '');
    if (type === 'directory' || !volume || path.length === 0) {
      entry.resume();
      continue;
    }
    // A link is never what was written, whatever it leads to.
    const content = type === 'file' ? await text(entry) : undefined;
    if (type !== 'file') entry.resume();
    volume.set(path.join('/'), { content: content ?? `(${type})`, mode: mode & 0o7777, uid, gid });
  }
  return found;
}

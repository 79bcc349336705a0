import { isGone } from '../../../engine/answers.ts';
import { readVolumes } from '../../../engine/volume-files.ts';
import type { Values } from '../../rpc/index.ts';
import { failure, type Host } from '../host/host.ts';
import { FilesInputs } from './schema.ts';

/** The files of a volume that are not as they were written, and those that nobody wrote: paths, sorted. */
export async function alteredIn(host: Host, volume: string, inputs: Values): Promise<string[]> {
  const known = FilesInputs.safeParse(inputs);
  if (!known.success) return []; // Imported: nobody knows what was written.
  const { files, image, labels } = known.data;
  const request = { volumes: [volume], images: [image], labels };
  const volumes = await readVolumes(host.docker, request).catch((error: unknown) => {
    if (isGone(error)) return undefined; // Its image is: there is nothing to read the files through.
    throw failure(host, `the files of volume ${volume} can't be read`, error);
  });
  const found = volumes?.get(volume);
  if (!found) return [];
  const paths = [...new Set([...Object.keys(files), ...found.keys()])].sort();
  return paths.filter((path) => {
    const [wanted, is] = [files[path], found.get(path)];
    if (!wanted || !is) return true;
    const isSame = wanted.content === is.content && wanted.uid === is.uid && wanted.gid === is.gid;
    return !isSame || Number.parseInt(wanted.mode, 8) !== is.mode;
  });
}

import { createWriteStream } from 'node:fs';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extract, type Extract } from 'tar-stream';
import { contextArchive } from '../../providers/embedded/docker/image/context.ts';

/**
 * Copies a build context: what an engine would be sent of it, so that nothing lands in an export that `.dockerignore`
 * keeps out of a build.
 * @throws if the folder or its Dockerfile isn't there
 */
export async function copyContext(source: string, dockerfile: string, target: string): Promise<void> {
  const archive = await contextArchive(source, dockerfile);
  await mkdir(target, { recursive: true });
  const entries = extract();
  await Promise.all([pipeline(archive, entries), unpack(entries, target)]);
}

async function unpack(entries: Extract, target: string): Promise<void> {
  for await (const entry of entries) {
    const { name, type, mode, linkname } = entry.header;
    const path = join(target, name);
    await mkdir(dirname(path), { recursive: true });
    if (type === 'file') {
      await pipeline(entry, createWriteStream(path));
      // Whether it can be executed goes into the image.
      await chmod(path, mode);
    } else {
      if (type === 'directory') await mkdir(path, { recursive: true });
      if (type === 'symlink') await symlink(linkname, path);
      entry.resume();
    }
  }
}

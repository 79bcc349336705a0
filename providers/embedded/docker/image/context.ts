import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import { walkContext, type Entry } from '../../../../engine/build-context/walk.ts';

/**
 * The files of `folder` as a tar archive, without what `.dockerignore` (or `<dockerfile>.dockerignore`) leaves out, all
 * owned by root. The Dockerfile is always in it. @throws when the folder or the Dockerfile isn't there
 */
export async function contextArchive(folder: string, dockerfile: string): Promise<Pack> {
  const file = relative(folder, join(folder, dockerfile));
  if (file.startsWith('..')) throw new Error(`the Dockerfile ${dockerfile} is outside of the build context ${folder}`);
  await lstat(join(folder, file)).catch(() => {
    throw new Error(`there is no Dockerfile ${file} in the build context ${folder}`);
  });
  const entries = walkContext({ root: folder, dockerfile: file });
  const archive = pack();
  fill(archive, folder, entries).then(
    () => {
      archive.finalize();
    },
    (error: unknown) => {
      archive.destroy(error as Error);
    },
  );
  return archive;
}

async function fill(archive: Pack, root: string, entries: readonly Entry[]): Promise<void> {
  for (const entry of entries) {
    const header = { name: entry.path, mode: entry.mode, mtime: entry.mtime, uid: 0, gid: 0 };
    switch (entry.kind) {
      case 'folder':
        archive.entry({ ...header, type: 'directory' });
        break;
      case 'link':
        archive.entry({ ...header, type: 'symlink', linkname: entry.target });
        break;
      case 'file':
        await pipeline(createReadStream(join(root, entry.path)), archive.entry({ ...header, size: entry.size }));
        break;
      default:
        entry satisfies never;
    }
  }
}

import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import type { Ignore } from './ignore.ts';
import { parseIgnore } from './ignore.ts';

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
  const ignored = await readIgnore(folder, file);
  const archive = pack();
  const keep = new Set([file, '.dockerignore']);
  addFolder(archive, folder, '', { ignored, keep }).then(
    () => {
      archive.finalize();
    },
    (error: unknown) => {
      archive.destroy(error as Error);
    },
  );
  return archive;
}

interface Selection {
  readonly ignored: Ignore;
  /** Files that are in, whatever is ignored. */
  readonly keep: ReadonlySet<string>;
}

async function readIgnore(folder: string, dockerfile: string): Promise<Ignore> {
  for (const name of [`${dockerfile}.dockerignore`, '.dockerignore']) {
    const content = await readFile(join(folder, name), 'utf8').catch(() => undefined);
    if (content !== undefined) return parseIgnore(content);
  }
  return parseIgnore('');
}

async function addFolder(archive: Pack, root: string, below: string, selection: Selection): Promise<void> {
  const { ignored, keep } = selection;
  for (const name of (await readdir(join(root, below))).sort()) {
    const path = below === '' ? name : `${below}/${name}`;
    const stats = await lstat(join(root, path));
    const isLeftOut = ignored(path) && !keep.has(path);
    if (stats.isDirectory()) {
      const isLooked = !isLeftOut || ignored.hasExceptions || [...keep].some((file) => file.startsWith(`${path}/`));
      if (!isLeftOut) archive.entry({ ...header(path, stats), type: 'directory' });
      if (isLooked) await addFolder(archive, root, path, selection);
    } else if (!isLeftOut && stats.isSymbolicLink()) {
      archive.entry({ ...header(path, stats), type: 'symlink', linkname: await readlink(join(root, path)) });
    } else if (!isLeftOut && stats.isFile()) {
      await pipeline(createReadStream(join(root, path)), archive.entry({ ...header(path, stats), size: stats.size }));
    }
  }
}

function header(name: string, { mode, mtime }: { mode: number; mtime: Date }) {
  return { name, mode: mode & 0o7777, mtime, uid: 0, gid: 0 };
}

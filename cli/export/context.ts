import { chmodSync, copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { walkContext } from '../../engine/build-context/walk.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';

/**
 * Copies a build context: what a builder gets of it, so that nothing lands in an export that `.dockerignore` keeps out
 * of a build.
 * @throws CommandFailure if the Dockerfile isn't there, and what the file system says if anything else can't be read
 */
export function copyContext(root: string, dockerfile: string, target: string): void {
  const entries = walkContext({ root, dockerfile });
  if (!entries.some(({ path }) => path === posix.normalize(dockerfile))) {
    throw new CommandFailure(EXIT.failed, `there is no Dockerfile ${dockerfile} in ${root}. Nothing was changed.`);
  }
  mkdirSync(target, { recursive: true });
  for (const entry of entries) {
    const path = join(target, entry.path);
    mkdirSync(dirname(path), { recursive: true });
    if (entry.kind === 'folder') mkdirSync(path, { recursive: true });
    if (entry.kind === 'link') symlinkSync(entry.target, path);
    if (entry.kind === 'file') {
      copyFileSync(join(root, entry.path), path);
      // Whether it can be executed goes into the image.
      chmodSync(path, entry.mode);
    }
  }
}

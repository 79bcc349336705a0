import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { walkContext, type ContextRequest } from '../engine/build-context/walk.ts';

/**
 * All permissions but that of the group to write: it depends on the umask under which somebody has checked out, and to
 * an image, whose files belong to root, it means nothing.
 */
const PERMISSIONS = 0o7757;
const CHUNK = 2 ** 20;

/**
 * A digest over all that a builder gets of a folder: paths, kinds, permissions, contents of files, targets of links.
 * @throws Error if something can't be read
 */
export function contextDigest(request: ContextRequest): string {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(CHUNK);
  for (const entry of walkContext(request)) {
    const { kind, path, mode } = entry;
    switch (kind) {
      case 'folder':
        hash.update(JSON.stringify([kind, path, mode & PERMISSIONS]));
        break;
      case 'link':
        hash.update(JSON.stringify([kind, path, entry.target]));
        break;
      case 'file':
        hash.update(JSON.stringify([kind, path, mode & PERMISSIONS, entry.size]));
        updateWith(hash, join(request.root, path), chunk);
        break;
      default:
        kind satisfies never;
    }
  }
  return hash.digest('hex');
}

/** Piece by piece: a file may be larger than what fits into memory. */
function updateWith(hash: Hash, path: string, chunk: Buffer): void {
  const file = openSync(path, 'r');
  try {
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) hash.update(chunk.subarray(0, read));
  } finally {
    closeSync(file);
  }
}

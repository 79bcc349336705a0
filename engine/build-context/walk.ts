import { lstatSync, readdirSync, readFileSync, readlinkSync, type Dirent } from 'node:fs';
import { join, posix } from 'node:path';
import { parseIgnore, type Ignore, type Verdict } from './ignore.ts';

/** Something in a build context. Links are never followed. */
export type Entry = {
  /** Relative to the context, with `/`. */
  readonly path: string;
  /** Permissions, with the bits for set-user-id and the like. */
  readonly mode: number;
  readonly mtime: Date;
} & (
  | { readonly kind: 'folder' }
  | { readonly kind: 'file'; readonly size: number }
  | { readonly kind: 'link'; readonly target: string }
);

/** How a folder is built from. */
export interface ContextRequest {
  readonly root: string;
  /** Relative to the root. */
  readonly dockerfile: string;
  /** What is left out, in place of what the folder's own .dockerignore says. */
  readonly ignore?: string;
  /** Only these files and folders, relative to the root; absent: everything. */
  readonly only?: readonly string[];
}

/**
 * What a builder gets of a folder, in a fixed order, folders before what they hold: everything but what its
 * .dockerignore leaves out, and the Dockerfile in any case. Sockets and the like are no part of it.
 * @throws Error if something can't be read that isn't left out
 */
export function walkContext({ root, dockerfile, ignore: patterns, only }: ContextRequest): Entry[] {
  const file = posix.normalize(dockerfile);
  const ignore = patterns === undefined ? readIgnore(root, file) : parseIgnore(patterns);
  return inFolder(
    { root, ignore, always: [file], only: only?.map((path) => posix.join(path).replace(/\/$/, '')) },
    '',
    undefined,
  );
}

/** Files that say what a builder leaves out of a context, the first that is there. */
export function ignoreFiles(dockerfile: string): readonly string[] {
  return [`${dockerfile}.dockerignore`, '.dockerignore'];
}

function readIgnore(root: string, dockerfile: string): Ignore {
  for (const name of ignoreFiles(dockerfile)) {
    try {
      return parseIgnore(readFileSync(join(root, name), 'utf8'));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
  return parseIgnore('');
}

interface Walk {
  readonly root: string;
  readonly ignore: Ignore;
  /** Files that are in, whatever is ignored. */
  readonly always: readonly string[];
  readonly only: readonly string[] | undefined;
}

function inFolder(walk: Walk, folder: string, parent: Verdict | undefined): Entry[] {
  return listed(walk, folder, parent).flatMap((item) => {
    const path = folder === '' ? item.name : `${folder}/${item.name}`;
    if (!isAsked(walk, path)) return [];
    const verdict = walk.ignore.judge(path, parent);
    const isLeftOut = verdict.isLeftOut && !walk.always.includes(path);
    if (!item.isDirectory()) return isLeftOut ? [] : entryOf(walk.root, path);
    if (isLeftOut && !walk.ignore.mayReturn(path) && !walk.always.some((file) => file.startsWith(`${path}/`)))
      return [];
    const below = inFolder(walk, path, verdict);
    // A folder that is left out is there all the same if something in it is.
    return isLeftOut && below.length === 0 ? [] : [...entryOf(walk.root, path), ...below];
  });
}

/** What is left out need not be readable. */
function listed({ root }: Walk, folder: string, verdict: Verdict | undefined): Dirent[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (isGone(error) && folder !== '') return [];
    if (verdict?.isLeftOut === true && (error as NodeJS.ErrnoException).code === 'EACCES') return [];
    throw error;
  }
}

/** What is asked for, what it lies in, and what lies in it. */
function isAsked({ only }: Walk, path: string): boolean {
  return only?.some((asked) => `${asked}/`.startsWith(`${path}/`) || path.startsWith(`${asked}/`)) ?? true;
}

/** Nothing, if it has gone since the folder was listed. */
function entryOf(root: string, path: string): Entry[] {
  const full = join(root, path);
  const stats = lstatSync(full, { throwIfNoEntry: false });
  if (!stats) return [];
  const common = { path, mode: stats.mode & 0o7777, mtime: stats.mtime };
  if (stats.isDirectory()) return [{ ...common, kind: 'folder' }];
  if (stats.isFile()) return [{ ...common, kind: 'file', size: stats.size }];
  return stats.isSymbolicLink() ? [{ ...common, kind: 'link', target: readlinkSync(full) }] : [];
}

function isGone(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
}

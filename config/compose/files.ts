import { posix } from 'node:path';
import { renderList } from '../plan/edges.ts';
import { sortedSet } from '../plan/sort.ts';
import type { PlannedService } from '../plan/types.ts';

/** A file that a service finds at a path of its own, and where the export folder holds it. */
export interface DeliveredFile {
  /** Path within the export folder. */
  readonly source: string;
  /** Path inside the container. */
  readonly path: string;
  /** What stands in it: a secret, by its name in the plan, or a text. */
  readonly content: { readonly secret: string } | { readonly text: string };
  /** In octal, e.g. `0400`. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * All files of a service: `secrets/<service>/<NAME>`, and `files/<service>/<path>` for those without secrets. Lists of an
 * edge name the services: Compose keeps none of containers.
 */
export function deliveredFiles({ name, secrets, files, edge }: PlannedService): DeliveredFile[] {
  return [
    ...Object.entries(edge?.lists ?? {}).map(([file, list]) => ({
      source: posix.join('files', name, edge?.folder ?? '', file),
      path: posix.join(edge?.folder ?? '', file),
      content: { text: renderList(list, [posix.basename(file, '.conf')]) },
      mode: '0444',
      uid: 0,
      gid: 0,
    })),
    ...files.map(({ path, content, mode, uid, gid }) => ({
      source: posix.join('files', name, path),
      path,
      content: { text: content },
      mode,
      uid,
      gid,
    })),
    ...secrets.map(({ name: file, secret, path, mode, uid, gid }) => ({
      source: posix.join('secrets', name, file),
      path,
      content: { secret },
      mode,
      uid,
      gid,
    })),
  ];
}

/** Folders inside the container that files are delivered to, sorted. */
export function deliveryFolders(files: readonly DeliveredFile[]): string[] {
  return sortedSet(files.map(({ path }) => posix.dirname(path)));
}

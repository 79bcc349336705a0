import { buffer, text } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import type { FilesInputs } from './schema.ts';

/** Everybody may enter; only root may change what is there. */
const FOLDER = { type: 'directory', mode: 0o755, uid: 0, gid: 0 } as const;

/** The files as a tar archive, with their owners and modes, in folders of root's. */
export async function archive(files: FilesInputs['files']): Promise<Buffer> {
  const tar = pack();
  for (const folder of foldersOf(Object.keys(files))) tar.entry({ name: `./${folder}`, ...FOLDER });
  for (const [path, { content, mode, uid, gid }] of Object.entries(files)) {
    tar.entry({ name: `./${path}`, mode: Number.parseInt(mode, 8), uid, gid }, content);
  }
  tar.finalize();
  return buffer(tar);
}

/** The first file of a tar archive, as text. @throws for an archive without one */
export async function firstFile(tar: NodeJS.ReadableStream): Promise<string> {
  for await (const entry of tar.pipe(extract())) {
    if (entry.header.type === 'file') return text(entry);
    entry.resume();
  }
  throw new Error('the archive holds no file');
}

/** Every folder of `paths`, outer ones first, each with a slash at its end; first the root itself, ''. */
export function foldersOf(paths: readonly string[]): string[] {
  const folders = paths.flatMap((path) => {
    const parts = path.split('/').slice(0, -1);
    return parts.map((_, at) => `${parts.slice(0, at + 1).join('/')}/`);
  });
  return [...new Set(['', ...folders.sort()])];
}

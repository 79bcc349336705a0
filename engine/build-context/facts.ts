import { readFile, realpath, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { stagesOf } from '../../config/plan/stages.ts';
import type { HostFacts, Plan, SourceFacts } from '../../config/plan/types.ts';

/** What is there of the folders that a plan's sources are built from, by the source's name. */
export async function sourceFacts({ images }: Plan, project: string): Promise<HostFacts['sources']> {
  const builds = new Map(
    images.flatMap(({ source, build }) => (source && build ? [[source.name, build] as const] : [])),
  );
  const found = [...builds].map(
    async ([name, { context, dockerfile }]) => [name, await look(resolve(project, context), dockerfile)] as const,
  );
  return Object.fromEntries(await Promise.all(found));
}

async function look(folder: string, dockerfile: string): Promise<SourceFacts> {
  const isFolder = await stat(folder).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  const text = isFolder ? await textInside(folder, dockerfile) : undefined;
  return { isFolder, ...(text !== undefined && { stages: stagesOf(text) }) };
}

/** A builder sees nothing of what is outside of the folder, by way of a link either. */
async function textInside(folder: string, file: string): Promise<string | undefined> {
  try {
    const real = await realpath(join(folder, file));
    return real.startsWith(`${await realpath(folder)}${sep}`) ? await readFile(real, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

import type { FileFacts, Finding, Made, MadeFiles, There } from './types.ts';

/** Where the files of volumes are others than were written. A content is compared, and never shown. */
export function fileFindings(made: Made, there: There): Finding[] {
  return made.files.flatMap((volume) => {
    const found = there.files.get(volume.volume);
    if (found) return volumeFindings(volume, found);
    if (there.volumes.some(({ name }) => name === volume.volume)) return []; // It could not be looked into.
    const { urn, service } = volume;
    const place = { urn, service, object: { kind: 'volume', name: volume.volume } } as const;
    return [{ ...place, field: 'volume with files', expected: 'there', found: 'gone', remedy: 'make anew' as const }];
  });
}

function volumeFindings({ urn, service, volume, files }: MadeFiles, found: ReadonlyMap<string, FileFacts>): Finding[] {
  const paths = [...new Set([...Object.keys(files), ...found.keys()])].sort();
  return paths.flatMap((path): Finding[] => {
    const part = fileDifference(files[path], found.get(path));
    if (!part) return [];
    return [{ urn, service, object: { kind: 'file', name: `${volume}/${path}` }, ...part, remedy: 'rewrite' }];
  });
}

type Part = Pick<Finding, 'field' | 'expected' | 'found'>;

function fileDifference(made: FileFacts | undefined, found: FileFacts | undefined): Part | undefined {
  if (!made) return { field: 'file', expected: 'none', found: 'there' };
  if (!found) return { field: 'file', expected: 'there', found: 'gone' };
  if (made.content !== undefined && made.content !== found.content) {
    return { field: 'content', expected: 'as it was written', found: 'changed' };
  }
  if (made.mode !== found.mode) return { field: 'mode', expected: modeText(made), found: modeText(found) };
  const [owner, now] = [ownerText(made), ownerText(found)];
  return owner === now ? undefined : { field: 'owner', expected: owner, found: now };
}

function modeText({ mode }: FileFacts): string {
  return `0${mode.toString(8)}`;
}

function ownerText({ uid, gid }: FileFacts): string {
  return `${uid.toString()}:${gid.toString()}`;
}

/** Where the lists by which edges find services are others than the gates have written. */
export function listFindings(made: Made, there: There): Finding[] {
  return made.lists.flatMap(({ urn, volume, file, service, content }): Finding[] => {
    const found = there.files.get(volume);
    const list = found?.get(file);
    if (!found || list?.content === content) return [];
    return [
      {
        ...{ urn, service, object: { kind: 'list', name: `${volume}/${file}` }, field: 'routes', remedy: 'rewrite' },
        expected: `the containers of ${service}`,
        found: list ? 'changed' : 'gone',
      },
    ];
  });
}

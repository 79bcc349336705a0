import type { Image } from '../schema/image.ts';
import { sortedEntries, sortedRecord } from './sort.ts';
import { imageSources, type BuiltServices } from './sources.ts';
import type { PlannedImage } from './types.ts';

/** Users of well-known official images: who must own the secret files that they read. */
const OFFICIAL_USERS: readonly { readonly pattern: RegExp; readonly uid: number; readonly gid: number }[] = [
  { pattern: /^postgres:.*alpine/, uid: 70, gid: 70 },
  { pattern: /^postgres[:@]/, uid: 999, gid: 999 },
  { pattern: /^redis:.*alpine/, uid: 999, gid: 1000 },
  { pattern: /^redis[:@]/, uid: 999, gid: 999 },
  { pattern: /^nginx[:@]/, uid: 101, gid: 101 },
];

/** The user of an official image of Docker Hub; undefined for any other. */
export function officialUser(reference: string): { uid: number; gid: number } | undefined {
  const short = reference.replace(/^(?:(?:index\.)?docker\.io\/)?(?:library\/)?/, '');
  const found = OFFICIAL_USERS.find(({ pattern }) => pattern.test(short.includes(':') ? short : `${short}:latest`));
  return found && { uid: found.uid, gid: found.gid };
}

/** An image as a person reads it. */
export function imageTitle(name: string, image: Image): string {
  return image.reference ?? `slipway/${name}`;
}

/** Images that services use, sorted by name: one that nobody uses is neither built nor pulled. */
export function plannedImages(
  images: Readonly<Record<string, Image>>,
  used: ReadonlySet<string>,
  built: BuiltServices,
): PlannedImage[] {
  const sources = imageSources(built);
  return sortedEntries(images)
    .filter(([name]) => used.has(name))
    .map(([name, { build, reference, uid, gid }]) => ({
      name,
      ...sources[name],
      ...(build && {
        build: {
          context: build.context,
          dockerfile: build.dockerfile,
          ...(build.target !== undefined && { target: build.target }),
          args: sortedRecord(build.args),
          ...(build.bundle && { bundle: build.bundle }),
        },
      }),
      ...(reference !== undefined && { reference }),
      uid,
      gid,
    }));
}

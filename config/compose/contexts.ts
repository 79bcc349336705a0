import type { PlannedImage } from '../plan/types.ts';

/**
 * Where the export folder holds the build contexts, by image: those that are built from one folder in the same way, such
 * as services of one team's sources, share one.
 */
export function contextFolders(images: readonly PlannedImage[]): ReadonlyMap<string, string> {
  const shared = new Map<string, string>();
  return new Map(
    images.flatMap(({ name, build }) => {
      if (!build) return [];
      // The Dockerfile has a say in what is left out of the context, and a bundle in what is in it.
      const key = JSON.stringify([build.context, build.dockerfile, build.bundle ?? null]);
      const folder = shared.get(key) ?? `images/${name}`;
      shared.set(key, folder);
      return [[name, folder] as const];
    }),
  );
}

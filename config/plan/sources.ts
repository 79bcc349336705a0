import { Source, type SourceUse } from '../schema/source.ts';
import type { SystemInput } from '../schema/system.ts';
import { sortedEntries, sortedSet } from './sort.ts';
import type { Bind, ImageSource } from './types.ts';

/** A service that a stack builds from sources of its own. */
export interface BuiltService {
  /** What the system calls the sources. */
  readonly source: string;
  /** Their folder, as the stack's configuration has it. */
  readonly folder: string;
  /** The image that they are built as: a key into the system's images. */
  readonly image: string;
  /** Where the folder is mounted, and what the image is built again for all the same; absent: it is not mounted. */
  readonly mounted?: { readonly path: string; readonly rebuildOn: readonly string[] };
}

/** Services that a stack builds from sources of its own, by name. */
export type BuiltServices = Readonly<Record<string, BuiltService>>;

type Tree = Readonly<Record<string, unknown>>;

/** What the sources that a stack has chosen make of a system. */
export interface Sourced {
  readonly built: BuiltServices;
  /** Laid over the system in its environment. */
  readonly overlay: {
    readonly images: Tree;
    readonly services: Tree;
    readonly tasks: Tree;
    readonly smoke?: Tree | null;
  };
}

/**
 * The chosen sources, name → folder, as an overlay over the system: their images, and what is different about services,
 * tasks and the smoke test. Names must have been checked; what is wrong in the description of sources, schema and rules
 * tell.
 */
export function sourcesOverlay(chosen: Readonly<Record<string, string>>, system: SystemInput): Sourced {
  let sourced: Sourced = { built: {}, overlay: { images: {}, services: {}, tasks: {} } };
  for (const [name, folder] of sortedEntries(chosen)) {
    const { data: source } = Source.safeParse(system.sources?.[name]);
    if (source) sourced = withSource(sourced, { name, folder, source, system });
  }
  return sourced;
}

interface Choice {
  readonly name: string;
  readonly folder: string;
  readonly source: Source;
  readonly system: SystemInput;
}

function withSource({ built, overlay }: Sourced, choice: Choice): Sourced {
  const { name, folder, source, system } = choice;
  const taken = { ...system.images, ...overlay.images };
  const uses = known(source.services, system.services).map(([service, use]) => ({
    service,
    image: freeName(isOneForAll(source, use) ? name : `${name}-${service}`, taken),
    use,
  }));
  const mounted = mountOf(source);
  return {
    built: {
      ...built,
      ...mapped(uses, ({ service, image }) => [service, { source: name, folder, image, ...(mounted && { mounted }) }]),
    },
    overlay: {
      images: {
        ...overlay.images,
        ...mapped(uses, ({ service, image, use }) => [image, imageOf(choice, service, use)]),
      },
      services: {
        ...overlay.services,
        ...mapped(uses, ({ service, image, use }) => [service, { ...use.changes, image }]),
      },
      tasks: { ...overlay.tasks, ...Object.fromEntries(known(source.tasks, system.tasks ?? {})) },
      ...(overlay.smoke !== undefined && { smoke: overlay.smoke }),
      ...(source.smoke !== undefined && { smoke: source.smoke }),
    },
  };
}

function mapped<T, U>(list: readonly T[], entry: (item: T) => readonly [string, U]): Record<string, U> {
  return Object.fromEntries(list.map(entry));
}

/** What the system has; what it lacks, a rule tells. */
function known<T>(named: Readonly<Record<string, T>>, there: object): [string, T][] {
  return sortedEntries(named).filter(([name]) => Object.hasOwn(there, name));
}

/** An image of the sources is never taken for one of the system, nor for one of other sources. */
function freeName(wanted: string, taken: object): string {
  return Object.hasOwn(taken, wanted) ? freeName(`${wanted}-source`, taken) : wanted;
}

const SERVICE = '${service}';

/** Whether the services of a source that say nothing of their own share one image. */
function isOneForAll({ args }: Source, use: SourceUse): boolean {
  return Object.keys(use.args).length === 0 && !Object.values(args).some((value) => value.includes(SERVICE));
}

function imageOf({ folder, source }: Choice, service: string, use: SourceUse): Tree {
  const { dockerfile, target, uid, gid } = source;
  const args = Object.entries({ ...source.args, ...use.args }).map(([key, value]): [string, string] => [
    key,
    value.replaceAll(SERVICE, service),
  ]);
  const build = {
    context: folder,
    dockerfile,
    ...(target !== undefined && { target }),
    args: Object.fromEntries(args),
  };
  return { build, uid, gid };
}

function mountOf({ mount, dockerfile, rebuildOn }: Source): BuiltService['mounted'] {
  if (mount === undefined) return undefined;
  return {
    path: mount,
    rebuildOn: sortedSet([dockerfile, `${dockerfile}.dockerignore`, '.dockerignore', ...rebuildOn]),
  };
}

/** The folders that a service mounts. */
export function binds(built: BuiltService | undefined): Bind[] {
  return built?.mounted ? [{ source: built.folder, path: built.mounted.path, readOnly: false }] : [];
}

/** What images are built from, by their names. */
export function imageSources(built: BuiltServices): Readonly<Record<string, { readonly source: ImageSource }>> {
  return mapped(Object.values(built), ({ image, source, mounted }) => [
    image,
    { source: { name: source, ...(mounted && { rebuildOn: mounted.rebuildOn }) } },
  ]);
}

import { sortedSet } from '../plan/sort.ts';
import type { Plan, PlannedImage } from '../plan/types.ts';
import { contextFolders } from './contexts.ts';
import { jobsNobodyAwaits } from './jobs.ts';
import { composeNetworks } from './networks.ts';
import { toComposeService, type ComposeBuild, type ComposeService } from './service.ts';

/** A compose file as data, its keys in the order in which they are written. Texts stand as they are meant: see text.ts. */
export interface ComposeDocument {
  readonly name: string;
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly internal?: true }>>;
  readonly volumes?: Readonly<Record<string, ComposeVolume>>;
}

/** A volume: one of the project's own, or one that is there already. */
export type ComposeVolume = Readonly<Record<string, never>> | { readonly external: true; readonly name: string };

/** What a compose document is made from besides the plan. */
export interface ComposeArgs {
  /** Tags of the images that are built, by name. */
  readonly tags: ReadonlyMap<string, string>;
  /** The absolute folder that relative binds start from. */
  readonly project: string;
  /** Names on the host of the data volumes to take over, by name; absent: the project gets volumes of its own. */
  readonly adopted?: ReadonlyMap<string, string>;
  /** True where files could not be given to the user that reads them, and are open to every user of a container. */
  readonly isOpen?: boolean;
}

/** The compose project of a plan, in the characters that Compose allows; names of the stack itself end otherwise. */
export function projectName({ prefix }: Pick<Plan, 'prefix'>): string {
  return `${prefix.toLowerCase().replace(/[^a-z0-9_-]/g, '-')}-compose`;
}

/** A plan as a compose document: the same services, from files that stand in the same folder. */
export function composeDocument(plan: Plan, args: ComposeArgs): ComposeDocument {
  const images = new Map(plan.images.map((image) => [image.name, image]));
  const contexts = contextFolders(plan.images);
  const onDemand = jobsNobodyAwaits(plan.services);
  const planned = new Map(plan.services.map((service) => [service.name, service]));
  const volumes = sortedSet(plan.services.flatMap((service) => service.volumes.map(({ volume }) => volume)));
  return {
    name: projectName(plan),
    services: Object.fromEntries(
      plan.services.map((service) => [
        service.name,
        toComposeService(service, {
          ...imageOf(images.get(service.imageName), service.image, contexts, args),
          project: args.project,
          isOnDemand: onDemand.has(service.name),
          isChecked: (other) => planned.get(other)?.healthcheck !== undefined,
        }),
      ]),
    ),
    networks: composeNetworks(plan.networks),
    ...(volumes.length > 0 && {
      volumes: Object.fromEntries(volumes.map((volume) => [volume, volumeOf(volume, args)])),
    }),
  };
}

/** The tag that the stack's own image has, and how it is built where no such image is. */
function imageOf(
  image: PlannedImage | undefined,
  title: string,
  contexts: ReadonlyMap<string, string>,
  { tags }: ComposeArgs,
): { readonly image: string; readonly build?: ComposeBuild } {
  if (!image?.build) return { image: image?.reference ?? title };
  const { dockerfile, target, args } = image.build;
  const context = `./${contexts.get(image.name) ?? ''}`;
  const more = {
    ...(dockerfile !== 'Dockerfile' && { dockerfile }),
    ...(target !== undefined && { target }),
    ...(Object.keys(args).length > 0 && { args }),
  };
  const build = Object.keys(more).length === 0 ? context : { context, ...more };
  return { image: tags.get(image.name) ?? title, build };
}

function volumeOf(volume: string, { adopted }: ComposeArgs): ComposeVolume {
  if (!adopted) return {};
  const name = adopted.get(volume);
  if (name === undefined) throw new Error(`volume "${volume}" is to be taken over and has no name on the host`);
  return { external: true, name };
}

import { formatDuration } from '../schema/duration.ts';
import type { Publication } from '../schema/port.ts';
import type { ImageSettings, PortSettings, ServiceSettings, Settings } from '../schema/settings.ts';
import type { SystemInput } from '../schema/system.ts';
import { officialUser } from './images.ts';

type Tree = Readonly<Record<string, unknown>>;
type Ports = Readonly<Record<string, { readonly container: number }>>;

/**
 * A stack's configuration as an overlay over the system. Names must have been checked: one that the system lacks would
 * become a new, incomplete service.
 */
export function stackOverlay(settings: Settings, system: SystemInput): Tree {
  const changed = new Set([...Object.keys(settings.services), ...Object.keys(settings.ports)]);
  return {
    parameters: settings.parameters,
    images: Object.fromEntries([
      ...Object.entries(settings.images).map(([name, image]) => [name, imageOverlay(image)]),
      ...Object.entries(settings.services).flatMap(([name, service]) => ownImage(name, service, system)),
    ]),
    services: Object.fromEntries(
      [...changed].map((name) => [
        name,
        {
          ...serviceOverlay(name, settings.services[name] ?? {}, system),
          ports: portsOverlay(settings.ports[name], system.services[name]?.ports ?? {}),
        },
      ]),
    ),
  };
}

/** The name of the port that `key` means: its name, or its number inside the container. */
export function portName(key: string, ports: Ports): string | undefined {
  return Object.hasOwn(ports, key) ? key : Object.keys(ports).find((name) => String(ports[name]?.container) === key);
}

function imageOverlay(image: ImageSettings): Tree {
  return { build: null, ...officialUser(image.reference), ...image };
}

/** A reference for one service alone becomes an image of its own, with the user of the image that it replaces. */
function ownImage(name: string, { image }: ServiceSettings, system: SystemInput): [string, Tree][] {
  if (image === undefined || Object.hasOwn(system.images, image)) return [];
  const replaced = system.images[system.services[name]?.image ?? ''];
  return [[ownImageName(name), { uid: replaced?.uid, gid: replaced?.gid, ...imageOverlay({ reference: image }) }]];
}

function ownImageName(service: string): string {
  return `${service}-own`;
}

function serviceOverlay(name: string, settings: ServiceSettings, system: SystemInput): Tree {
  const { replicas, image, memory, cpus, rollout = {}, env = {}, external } = settings;
  const { parallelism, ...times } = rollout;
  return {
    replicas,
    image: image === undefined || Object.hasOwn(system.images, image) ? image : ownImageName(name),
    limits: { memory, cpus },
    rollout: {
      parallelism,
      ...Object.fromEntries(
        Object.entries(times).map(([name, ms]) => [name, ms === undefined ? undefined : formatDuration(ms)]),
      ),
    },
    environment: env,
    external: external === false ? null : external,
  };
}

function portsOverlay(setting: PortSettings | undefined, ports: Ports): Tree {
  if (setting === undefined) return {};
  const wanted =
    'only' in setting ? Object.keys(ports).map((name) => [name, setting.only] as const) : byName(setting.each, ports);
  return Object.fromEntries(
    wanted.map(([name, { published, address }]) => [name, { published: published ?? null, address }]),
  );
}

function byName(each: Readonly<Record<string, Publication>>, ports: Ports): (readonly [string, Publication])[] {
  return Object.entries(each).flatMap(([key, publication]) => {
    const name = portName(key, ports);
    return name === undefined ? [] : [[name, publication] as const];
  });
}

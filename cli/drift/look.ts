import type Docker from 'dockerode';
import type { ContainerInspectInfo, ImageInspectInfo } from 'dockerode';
import { containerName, isGone } from '../../engine/answers.ts';
import { LABELS } from '../../engine/labels.ts';
import { readVolumes, type VolumesToRead } from '../../engine/volume-files.ts';
import type { Host } from '../hosts/host.ts';
import { isKnown } from '../hosts/sweep.ts';
import { assignments } from './made.ts';
import type { FoundContainer, ImageFacts, Limits, Made, MountPoint, Stray, There } from './types.ts';

/** What is looked at just now, for whoever waits. */
export type OnLook = (what: string) => void;

/** Looks at what a host has of stack `instance`. Changes nothing but for a helper container, which is removed again. */
export async function look(host: Host, instance: string, made: Made, onLook: OnLook = () => undefined): Promise<There> {
  const { docker } = host;
  const filters = { label: [`${LABELS.instance}=${instance}`] };
  onLook('containers, networks and volumes');
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks(),
    docker.listVolumes(),
  ]);
  const found = await inspectAll(
    docker,
    made,
    containers.map(({ Id }) => Id),
  );
  const there = new Set(volumes.map(({ Name }) => Name));
  onLook('what stands in files');
  const [images, files, unsupported] = await Promise.all([
    imagesOf(docker, [...new Set(made.containers.map(({ image }) => image))]),
    readVolumes(docker, volumesToRead(made, there)),
    unsupportedLimits(docker),
  ]);
  const labelled = (labels: Readonly<Record<string, string>> | null | undefined): boolean =>
    labels?.[LABELS.instance] === instance;
  const carriers: Stray[] = [
    ...containers.map((each) => stray('container', each.Id, containerName(each), each.Labels)),
    ...networks
      .filter(({ Labels }) => labelled(Labels))
      .map((each) => stray('network', each.Id, each.Name, each.Labels)),
    ...volumes
      .filter(({ Labels }) => labelled(Labels))
      .map((each) => stray('volume', each.Name, each.Name, each.Labels)),
  ];
  return {
    containers: found.map(containerFacts),
    networks: networks.map(({ Id, Name }) => ({ id: Id, name: Name })),
    volumes: volumes.map(({ Name, Labels }) => ({ name: Name, labels: labelsOf(Labels) })),
    files,
    images,
    unsupported,
    strays: carriers.filter((object) => !isKnown(object, made.known)),
  };
}

function stray(
  type: Stray['type'],
  id: string,
  name: string,
  labels: Readonly<Record<string, string>> | null | undefined,
): Stray {
  return { type, id, name, kind: labels?.[LABELS.kind] };
}

/** The containers with the stack's labels, those that the state names, and whoever has the name of one of them. */
async function inspectAll(docker: Docker, made: Made, labelled: readonly string[]): Promise<ContainerInspectInfo[]> {
  const listed = new Set(labelled);
  const missing = made.containers.filter(({ id }) => !listed.has(id));
  const asked = [...listed, ...missing.map(({ id }) => id)];
  const found = await Promise.all(asked.map((id) => unlessGone(docker.getContainer(id).inspect())));
  const there = new Set(found.map((each) => each?.Id));
  const byName = await Promise.all(
    missing.filter(({ id }) => !there.has(id)).map(({ name }) => unlessGone(docker.getContainer(name).inspect())),
  );
  const all = [...found, ...byName].filter((each) => each !== undefined);
  return [...new Map(all.map((each) => [each.Id, each])).values()];
}

function containerFacts(inspected: ContainerInspectInfo): FoundContainer {
  const { Id, Name, Image, Config, Mounts, NetworkSettings, State } = inspected;
  const asked = new Map(inspected.HostConfig.Mounts?.map(({ Target, Source }) => [Target, Source]));
  return {
    id: Id,
    name: Name.slice(1),
    image: Image,
    status: State.Status,
    env: assignments(Config.Env),
    labels: labelsOf(Config.Labels),
    mounts: Object.fromEntries(
      Mounts.map(({ Type, Name: volume, Source, Destination, RW }): [string, MountPoint] => [
        Destination,
        // Of folders as they were asked for: engines in a virtual machine have another path to them.
        { type: Type, source: Type === 'bind' ? (asked.get(Destination) ?? Source) : (volume ?? ''), readOnly: !RW },
      ]),
    ),
    limits: limitsOf(inspected.HostConfig),
    networks: Object.fromEntries(
      Object.entries(NetworkSettings.Networks).map(([network, { Aliases }]) => [
        network,
        (Aliases as string[] | null | undefined) ?? [],
      ]),
    ),
    inspected,
  };
}

function limitsOf(host: ContainerInspectInfo['HostConfig']): Limits {
  // 0, -1 and nothing at all are the same to the engine.
  const pids = host.PidsLimit ?? 0;
  return {
    memory: host.Memory ?? 0,
    memorySwap: host.MemorySwap ?? 0,
    memoryReservation: host.MemoryReservation ?? 0,
    cpus: host.NanoCpus ?? 0,
    cpuShares: host.CpuShares ?? 0,
    cpuSet: host.CpusetCpus ?? '',
    restart: host.RestartPolicy?.Name ?? 'no',
    pids: pids > 0 ? pids : -1,
  };
}

/** Which limit the engine tells of, by its own word for it. */
const SUPPORT: Readonly<Record<string, keyof Limits>> = {
  MemoryLimit: 'memory',
  SwapLimit: 'memorySwap',
  CpuCfsQuota: 'cpus',
  CPUShares: 'cpuShares',
  CPUSet: 'cpuSet',
  PidsLimit: 'pids',
};

async function unsupportedLimits(docker: Docker): Promise<ReadonlySet<keyof Limits>> {
  const info = (await docker.info()) as Readonly<Record<string, unknown>>;
  return new Set(Object.entries(SUPPORT).flatMap(([word, limit]) => (info[word] === false ? [limit] : [])));
}

async function imagesOf(docker: Docker, ids: readonly string[]): Promise<There['images']> {
  const found = await Promise.all(
    ids.map(async (id) => [id, await unlessGone(docker.getImage(id).inspect())] as const),
  );
  return new Map(found.flatMap(([id, image]) => (image ? [[id, imageFacts(image)] as const] : [])));
}

function imageFacts({ Config }: ImageInspectInfo): ImageFacts {
  // Engines leave out, or say null, what an image does not set.
  const config = Config as Partial<ImageInspectInfo['Config']> | null;
  return {
    env: assignments(config?.Env ?? []),
    labels: labelsOf(config?.Labels),
    volumes: Object.keys((config?.Volumes as object | null | undefined) ?? {}),
  };
}

function volumesToRead(made: Made, there: ReadonlySet<string>): VolumesToRead | undefined {
  const names = [...made.files, ...made.lists].map(({ volume }) => volume).filter((volume) => there.has(volume));
  const [first] = made.files;
  if (!first || names.length === 0) return undefined;
  const images = [...new Set(made.files.map(({ image }) => image))];
  return { volumes: [...new Set(names)], images, labels: first.labels };
}

function labelsOf(labels: Readonly<Record<string, string>> | null | undefined): Readonly<Record<string, string>> {
  return labels ?? {};
}

async function unlessGone<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

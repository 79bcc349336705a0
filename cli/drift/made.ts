import { z } from 'zod';
import { renderList } from '../../config/plan/edges.ts';
import { LABELS } from '../../engine/labels.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import { knownNames, type StackState, type StateResource } from '../pulumi/state.ts';
import { nameOfUrn } from '../pulumi/urn.ts';
import type { Limits, Made, MadeContainer, MadeFiles, MadeList, MadeObject, MountPoint, Texts } from './types.ts';
import { isHidden, isSecret, revealed } from './values.ts';

const MEBIBYTE = 2 ** 20;
const NANOS = 1e9;

const texts = z.array(z.string());
const number = z.number().nullish();
const LabelList = z.array(z.looseObject({ label: z.string(), value: z.string() })).nullish();

/** What is read of the inputs of docker.Container. */
const Container = z.looseObject({
  name: z.string(),
  image: z.string(),
  envs: texts.nullish(),
  labels: LabelList,
  networksAdvanced: z.array(z.looseObject({ name: z.string(), aliases: texts.nullish() })).nullish(),
  volumes: z
    .array(
      z.looseObject({ volumeName: z.string().nullish(), containerPath: z.string(), readOnly: z.boolean().nullish() }),
    )
    .nullish(),
  mounts: z
    .array(
      z.looseObject({
        type: z.string(),
        target: z.string(),
        source: z.string().nullish(),
        readOnly: z.boolean().nullish(),
      }),
    )
    .nullish(),
  memory: number,
  memorySwap: number,
  memoryReservation: number,
  cpuShares: number,
  cpus: z.string().nullish(),
  cpuSet: z.string().nullish(),
  restart: z.string().nullish(),
});
type Container = z.infer<typeof Container>;

/** What is read of the inputs of slipway.Replica. */
const Replica = z.looseObject({
  service: z.string(),
  container: z.string(),
  networks: z.record(z.string(), texts),
  pidsLimit: z.number().optional(),
  routes: z.array(z.looseObject({ volume: z.string(), file: z.string(), list: z.string() })).optional(),
});

const File = z.looseObject({ content: z.string().optional(), mode: z.string(), uid: z.number(), gid: z.number() });
const Files = z.looseObject({
  volume: z.string(),
  image: z.string(),
  labels: z.record(z.string(), z.string()),
  files: z.record(z.string(), File).default({}),
});

interface Gate extends z.infer<typeof Replica> {
  readonly urn: string;
  readonly title: string;
  /** As the state keeps it. */
  readonly environment: unknown;
}

/** What a stack has made on its host, as its state tells: secrets in clear where it was decrypted. Pure. */
export function madeBy(state: Pick<StackState, 'resources'>): Made {
  const current = state.resources.filter((resource) => resource.delete !== true);
  const gates = current.filter(({ type }) => type === TYPES.replica).map(gateOf);
  const containers = state.resources
    .filter(({ type }) => type === TYPES.container)
    .flatMap((resource) => containerOf(resource, gates));
  return {
    containers,
    networks: current.filter(({ type }) => type === TYPES.network).map(objectOf),
    volumes: current.filter(({ type }) => type === TYPES.volume).map(objectOf),
    files: current.filter(({ type }) => type === TYPES.files).map(filesOf),
    lists: listsOf(gates, containers),
    known: knownNames({ exists: true, pending: 0, resources: state.resources }),
  };
}

function gateOf({ urn, inputs }: StateResource): Gate {
  const replica = Replica.parse(revealed({ ...inputs, environment: undefined }));
  return { ...replica, urn, title: nameOfUrn(urn), environment: inputs?.['environment'] };
}

/** A container that is replaced counts for as long as the gate has let no other one in. */
function containerOf(resource: StateResource, gates: readonly Gate[]): MadeContainer[] {
  const { urn, id, inputs = {}, outputs = {} } = resource;
  const gate = gates.find(({ container }) => container === id);
  if (id === undefined || (resource.delete === true && !gate)) return [];
  const knowsEnv = !isHidden(inputs['envs']);
  const container = Container.parse(revealed(inputs));
  const labels = labelTexts(container.labels);
  const networks = [
    ...(container.networksAdvanced ?? []).map(({ name, aliases }) => [name, aliases ?? []] as const),
    ...Object.entries(gate?.networks ?? {}),
  ];
  const service = labels[LABELS.service] ?? gate?.service ?? nameOfUrn(urn);
  return [
    {
      ...{ urn, id, service, labels, knowsEnv, isLetIn: gate !== undefined },
      name: container.name,
      image: container.image,
      title: gate?.title ?? `${service}-${labels[LABELS.replica] ?? '1'}`,
      env: assignments(container.envs ?? []),
      secretEnv: isSecret(inputs['envs']) ? secretNames(gate?.environment) : new Set(),
      mounts: mountsOf(container),
      limits: limitsOf(container, gate?.pidsLimit),
      declared: declaredLimits(container),
      networks: Object.fromEntries(networks),
      gated: Object.keys(gate?.networks ?? {}),
      outputs,
    },
  ];
}

/** `NAME=value`, taken apart. */
export function assignments(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

/** The variables whose values the state keeps as secrets. */
function secretNames(environment: unknown): ReadonlySet<string> | 'all' {
  if (typeof environment !== 'object' || environment === null || isSecret(environment)) return 'all';
  return new Set(Object.entries(environment).flatMap(([name, value]) => (isSecret(value) ? [name] : [])));
}

function mountsOf({ volumes, mounts }: Container): Record<string, MountPoint> {
  return Object.fromEntries([
    ...(volumes ?? []).map(({ volumeName, containerPath, readOnly }): [string, MountPoint] => [
      containerPath,
      { type: 'volume', source: volumeName ?? '', readOnly: readOnly === true },
    ]),
    ...(mounts ?? []).map(({ type, target, source, readOnly }): [string, MountPoint] => [
      target,
      { type, source: source ?? '', readOnly: readOnly === true },
    ]),
  ]);
}

function limitsOf(container: Container, pids: number | undefined): Limits {
  const bytes = (mebibytes: number | null | undefined): number =>
    mebibytes === -1 ? -1 : Math.round((mebibytes ?? 0) * MEBIBYTE);
  return {
    memory: bytes(container.memory),
    memorySwap: bytes(container.memorySwap),
    memoryReservation: bytes(container.memoryReservation),
    cpus: Math.round(Number(container.cpus ?? 0) * NANOS),
    cpuShares: container.cpuShares ?? 0,
    cpuSet: container.cpuSet ?? '',
    restart: container.restart ?? 'no',
    pids,
  };
}

/** What `docker update` sets on a container that runs, and the state names: only a limit that is one can be set again. */
function declaredLimits(container: Container): ReadonlySet<keyof Limits> {
  const names = ['memory', 'memorySwap', 'memoryReservation', 'cpuShares', 'restart'] as const;
  return new Set<keyof Limits>([...names.filter((name) => Boolean(container[name])), 'pids']);
}

function objectOf({ urn, id = '', protect, inputs, outputs }: StateResource): MadeObject {
  const labels = labelTexts(LabelList.parse(revealed(inputs?.['labels'])));
  const name = outputs?.['name'];
  const service = labels[LABELS.service];
  return {
    ...{ urn, id, labels },
    name: typeof name === 'string' ? name : id,
    isData: protect === true || labels[LABELS.kind] === 'data',
    ...(service !== undefined && { service }),
  };
}

function filesOf({ urn, inputs }: StateResource): MadeFiles {
  const { volume, image, labels, files } = Files.parse(revealed(inputs));
  return {
    ...{ urn, volume, image, labels, service: labels[LABELS.service] ?? nameOfUrn(urn) },
    files: Object.fromEntries(
      Object.entries(files).map(([path, { content, mode, uid, gid }]) => [
        path,
        { content, mode: Number.parseInt(mode, 8), uid, gid },
      ]),
    ),
  };
}

/** Each list once, with the containers of all gates that stand in it. */
function listsOf(gates: readonly Gate[], containers: readonly MadeContainer[]): MadeList[] {
  const lists = new Map<
    string,
    { readonly gate: Gate; readonly route: { volume: string; file: string; list: string } }
  >();
  for (const gate of gates) {
    for (const route of gate.routes ?? []) {
      const key = `${route.volume}/${route.file}`;
      if (!lists.has(key)) lists.set(key, { gate, route });
    }
  }
  return [...lists.values()].flatMap(({ gate, route: { volume, file, list } }): MadeList[] => {
    const ids = gates.filter(({ service }) => service === gate.service).map(({ container }) => container);
    const names = containers.filter(({ id, isLetIn }) => isLetIn && ids.includes(id)).map(({ name }) => name);
    // After a release that has failed a gate may know a container that the state does not: then nobody knows its name.
    if (names.length < ids.length) return [];
    const content = renderList(
      list,
      names.sort((a, b) => a.localeCompare(b)),
    );
    return [{ urn: gate.urn, volume, file, service: gate.service, content }];
  });
}

function labelTexts(list: z.infer<typeof LabelList>): Texts {
  return Object.fromEntries((list ?? []).map(({ label, value }) => [label, value]));
}

import { bytes } from '../output/format.ts';
import { fixedDifferences } from './rest.ts';
import type {
  Finding,
  FoundContainer,
  ImageFacts,
  Limits,
  MadeContainer,
  MountPoint,
  Remedy,
  Texts,
  There,
} from './types.ts';

const NANOS = 1e9;
const NO_IMAGE: ImageFacts = { env: {}, labels: {}, volumes: [] };

type Part = Pick<Finding, 'field' | 'expected' | 'found' | 'remedy'>;

/**
 * Where a container differs from what the state says of it.
 * @param isStandIn it is another one: whatever it differs in, the one that is gone is brought back
 */
export function containerFindings(
  made: MadeContainer,
  found: FoundContainer,
  { images, unsupported }: Pick<There, 'images' | 'unsupported'>,
  isStandIn = false,
): Finding[] {
  // Of an image that is gone nobody knows what it brings along: then nothing is held against the container.
  const image = images.get(made.image);
  const parts = [
    ...(isStandIn ? [] : statusParts(found)),
    ...nameParts(made, found),
    ...imageParts(made, found),
    ...(made.knowsEnv ? envParts(made, found, image) : []),
    ...textParts('label', { ...(image ?? NO_IMAGE).labels, ...made.labels }, ownLabels(found), image !== undefined),
    ...mountParts(made, found, image ?? NO_IMAGE),
    ...limitParts(made, found.limits, unsupported),
    ...networkParts(made, found),
    ...(isStandIn ? fixedParts(made, found) : []),
  ];
  const { urn, service, name } = made;
  const place = { urn, service, object: { kind: 'container', name } } as const;
  return parts.map((part) => ({ ...place, ...part, ...(isStandIn && { remedy: 'bring back' as const }) }));
}

/** What restarts over and over is no drift: it does so by what it was made of, and `status` tells it. */
function statusParts({ status }: FoundContainer): Part[] {
  if (status === 'running' || status === 'restarting') return [];
  return [
    { field: 'state', expected: 'running', found: status, remedy: status === 'paused' ? 'replace' : 'bring back' },
  ];
}

function nameParts(made: MadeContainer, found: FoundContainer): Part[] {
  return made.name === found.name ? [] : [replaced('name', made.name, found.name)];
}

function imageParts(made: MadeContainer, found: FoundContainer): Part[] {
  const isSame = made.image.startsWith('sha256:') ? found.image === made.image : true;
  return isSame ? [] : [replaced('image', made.image.slice(7, 19), found.image.replace('sha256:', '').slice(0, 12))];
}

/** Values are shown where the state has them in clear, and never of a variable that nobody has described. */
function envParts(made: MadeContainer, found: FoundContainer, image: ImageFacts | undefined): Part[] {
  const isSecret = (name: string): boolean => made.secretEnv === 'all' || made.secretEnv.has(name);
  const wanted = { ...image?.env, ...made.env };
  return differences(wanted, found.env, image !== undefined).map(([name, before, now]) => {
    const hides = isSecret(name) || before === undefined;
    return replaced(
      `environment ${name}`,
      before === undefined ? 'not set' : hides ? '[hidden]' : before,
      now === undefined ? 'not set' : hides ? (before === undefined ? 'set' : 'another value') : now,
    );
  });
}

/** Without those that Docker Desktop adds. */
function ownLabels({ labels }: FoundContainer): Texts {
  return Object.fromEntries(
    Object.entries(labels).filter(([name]) => !/^(desktop\.docker\.io|com\.docker)[./]/.test(name)),
  );
}

function textParts(what: string, wanted: Texts, found: Texts, isWhole: boolean): Part[] {
  return differences(wanted, found, isWhole).map(([name, before, now]) =>
    replaced(`${what} ${name}`, before ?? 'none', now ?? 'none'),
  );
}

/** @param isWhole whether `wanted` is all that there may be */
function differences(
  wanted: Texts,
  found: Texts,
  isWhole: boolean,
): [string, string | undefined, string | undefined][] {
  const names = [...new Set([...Object.keys(wanted), ...(isWhole ? Object.keys(found) : [])])].sort();
  return names.flatMap((name) => (wanted[name] === found[name] ? [] : [[name, wanted[name], found[name]]]));
}

function mountParts(made: MadeContainer, found: FoundContainer, { volumes }: ImageFacts): Part[] {
  const paths = [...new Set([...Object.keys(made.mounts), ...Object.keys(found.mounts)])].sort();
  return paths.flatMap((path) => {
    const [before, now] = [made.mounts[path], found.mounts[path]];
    if (!before && volumes.includes(path)) return [];
    const [expected, is] = [mountText(before), mountText(now)];
    return expected === is ? [] : [replaced(`mount ${path}`, expected, is)];
  });
}

function mountText(mount: MountPoint | undefined): string {
  if (!mount) return 'none';
  if (mount.type === 'tmpfs') return 'memory';
  return `${mount.type} ${mount.source}${mount.readOnly ? ', read-only' : ''}`;
}

const LIMITS: readonly (readonly [field: keyof Limits, title: string, text: (value: never) => string])[] = [
  ['memory', 'memory limit', sizeText],
  ['memorySwap', 'memory and swap limit', sizeText],
  ['memoryReservation', 'memory reservation', sizeText],
  ['cpus', 'CPU limit', (nanos: number) => (nanos === 0 ? 'none' : String(nanos / NANOS))],
  ['cpuShares', 'CPU shares', (shares: number) => (shares === 0 ? 'none' : String(shares))],
  ['cpuSet', 'CPU set', (cpus: string) => (cpus === '' ? 'all' : cpus)],
  ['restart', 'restart policy', (policy: string) => policy],
  ['pids', 'limit of processes', (pids: number) => (pids === -1 ? 'none' : String(pids))],
];

function limitParts({ limits, declared }: MadeContainer, found: Limits, unsupported: There['unsupported']): Part[] {
  return LIMITS.flatMap(([field, title, text]): Part[] => {
    const [before, now] = [limits[field], found[field]];
    if (before === undefined || before === now || unsupported.has(field)) return [];
    const remedy: Remedy = declared.has(field) ? 'update' : 'replace';
    return [{ field: title, expected: text(before as never), found: text(now as never), remedy }];
  });
}

function sizeText(size: number): string {
  if (size === -1) return 'unlimited';
  return size === 0 ? 'none' : bytes(size);
}

/** The networks that a gate joins, it joins again; of others the plugin sees nothing. */
function networkParts(made: MadeContainer, found: FoundContainer): Part[] {
  const names = [...new Set([...Object.keys(made.networks), ...Object.keys(found.networks)])].sort();
  return names.flatMap((network): Part[] => {
    const [before, now] = [made.networks[network], found.networks[network]];
    const remedy: Remedy = made.gated.includes(network) ? 'update' : 'replace';
    const field = `network ${network}`;
    if (!before) return [{ field, expected: 'not on it', found: 'on it', remedy }];
    if (!now) return [{ field, expected: 'on it', found: 'off it', remedy }];
    const missing = before.filter((alias) => !now.includes(alias));
    if (missing.length === 0) return [];
    return [{ field, expected: `known as ${before.join(', ')}`, found: `not known as ${missing.join(', ')}`, remedy }];
  });
}

function fixedParts(made: MadeContainer, found: FoundContainer): Part[] {
  return fixedDifferences(made.outputs, found.inspected).map(({ field, expected, found: now }) =>
    replaced(field, expected || 'none', COMMANDS.includes(field) ? 'another' : now || 'none'),
  );
}

/** What somebody has typed by hand may hold what is not for others' eyes. */
const COMMANDS = ['command', 'entrypoints', 'healthcheck'];

function replaced(field: string, expected: string, found: string): Part {
  return { field, expected, found, remedy: 'replace' };
}

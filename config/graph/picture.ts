import { waves, type Graph } from '../plan/order.ts';
import { byCodeUnit, sortedSet } from '../plan/sort.ts';
import type {
  Plan,
  PlannedExternal,
  PlannedNetwork,
  PlannedPort,
  PlannedService,
  PlannedSmoke,
} from '../plan/types.ts';
import { isImplied } from './reduce.ts';

/** What a picture of a system shows, whatever the language it is drawn in. */
export interface Picture {
  readonly title: string;
  /** Those that start last come first, which is the order in which requests go through them; what others run comes last. */
  readonly services: readonly PicturedService[];
  readonly arrows: readonly Arrow[];
  /** What reaches services from outside, at most one for each service. */
  readonly entries: readonly Entry[];
  readonly volumes: readonly PicturedVolume[];
  /** What the looks of it mean, a sentence each: only of what occurs in it. */
  readonly legend: readonly string[];
}

/** A service as it is drawn. */
export interface PicturedService {
  readonly name: string;
  readonly kind: 'service' | 'job' | 'external';
  /** `×3`, `job`, `singleton`, `external`, or nothing to say. */
  readonly mark: string;
  readonly description: string;
  /** Services that so many call that arrows would hide the rest: named in the box instead. */
  readonly uses: readonly string[];
  /** True: it has a way out of the host, on network `egress`. */
  readonly hasWayOut: boolean;
  /** The network on which others find it once it is healthy; absent: it is on `home` under its name. */
  readonly door?: string;
  /** Where it is that somebody else runs it, `db.example.com:5432`; absent: it runs here. */
  readonly address?: string;
}

/** An arrow between services. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** What `from` waits for before it starts; absent: it does not wait, it only calls. */
  readonly waits?: 'healthy' | 'completed';
  readonly calls: boolean;
}

/** What reaches a service from outside. */
export interface Entry {
  readonly service: string;
  /** `127.0.0.1:8080 http`, a line each. */
  readonly lines: readonly string[];
}

/** A volume, and who mounts it. */
export interface PicturedVolume {
  readonly name: string;
  readonly services: readonly string[];
}

/** Called by as many as this, and by half of the others at least, a service is named in boxes instead of pointed at. */
const MANY_CALLERS = 4;

/** What a plan looks like. Pure. */
export function pictureOf(plan: Plan): Picture {
  const { externals = [] } = plan;
  const planned = lastStartedFirst(plan.services).map((service) => withExternalCalls(service, externals));
  const hubs = hubsOf(planned, externals);
  const services = [...planned.map((service) => pictureService(service, hubs)), ...externals.map(pictureExternal)];
  const arrows = arrowsOf(planned, externals, hubs);
  const entries = entriesOf(planned, plan.smoke);
  const volumes = volumesOf(planned);
  const { system, environment, stack } = plan;
  return {
    title: `${system}, ${environment} (stack ${stack})`,
    services,
    arrows,
    entries,
    volumes,
    legend: legendOf(services, arrows, entries, plan.networks),
  };
}

function lastStartedFirst(services: readonly PlannedService[]): PlannedService[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  return waves(waitsOf(services))
    .reverse()
    .flatMap((wave) => wave.flatMap((name) => byName.get(name) ?? []));
}

function waitsOf(services: readonly PlannedService[]): Graph {
  return Object.fromEntries(services.map(({ name, dependsOn }) => [name, dependsOn.map(({ service }) => service)]));
}

/** A service that calls what somebody else runs as it calls what runs here. */
function withExternalCalls(service: PlannedService, externals: readonly PlannedExternal[]): PlannedService {
  const called = externals.filter(({ callers }) => callers.includes(service.name)).map(({ name }) => name);
  return { ...service, calls: [...service.calls, ...called] };
}

function hubsOf(services: readonly PlannedService[], externals: readonly PlannedExternal[]): ReadonlySet<string> {
  const others = services.length + externals.length - 1;
  return new Set(
    [...services, ...externals].flatMap(({ name }) => {
      const callers = services.filter((service) => service.name !== name && service.calls.includes(name)).length;
      return callers >= MANY_CALLERS && callers * 2 >= others ? [name] : [];
    }),
  );
}

function pictureService(service: PlannedService, hubs: ReadonlySet<string>): PicturedService {
  const { name, kind, description, calls, networks } = service;
  const door = networks.find(({ join }) => join === 'healthy')?.network;
  return {
    name,
    kind,
    mark: markOf(service),
    description,
    uses: calls.filter((other) => hubs.has(other)),
    hasWayOut: networks.some(({ network }) => network === 'egress'),
    ...(door !== undefined && { door }),
  };
}

function pictureExternal({ name, description, host, port }: PlannedExternal): PicturedService {
  const address = `${host}:${port}`;
  return { ...{ name, kind: 'external', mark: 'external', description, uses: [], hasWayOut: false }, address };
}

function markOf({ kind, replicas, singleton }: PlannedService): string {
  if (kind === 'job') return 'job';
  if (singleton) return 'singleton';
  return replicas === 1 ? '' : `×${replicas}`;
}

function arrowsOf(
  services: readonly PlannedService[],
  externals: readonly PlannedExternal[],
  hubs: ReadonlySet<string>,
): Arrow[] {
  const planned = new Set([...services, ...externals].map(({ name }) => name));
  const waits = waitsOf(services);
  return services.flatMap((service) => {
    const { name, dependsOn } = service;
    const calls = service.calls.filter((other) => other !== name && planned.has(other) && !hubs.has(other));
    const conditions = new Map(dependsOn.map((dependency) => [dependency.service, dependency.condition]));
    // A wait that follows from others is left out, unless there is an arrow anyway.
    const shown = [...conditions.keys()].filter((to) => calls.includes(to) || !isImplied(waits, name, to));
    return sortedSet([...calls, ...shown]).map((to): Arrow => {
      const condition = conditions.get(to);
      return { from: name, to, ...(condition !== undefined && { waits: condition }), calls: calls.includes(to) };
    });
  });
}

function entriesOf(services: readonly PlannedService[], smoke: PlannedSmoke | undefined): Entry[] {
  return services.flatMap(({ name, ports }) => {
    const lines = [...ports].sort(byPublished).flatMap((port) => {
      const isProof = smoke?.service === name && smoke.port === port.name;
      return publishedLines(port, isProof ? [proofLine(smoke)] : []);
    });
    return lines.length === 0 ? [] : [{ service: name, lines }];
  });
}

function proofLine({ start, steps = [] }: PlannedSmoke): string {
  return `smoke test: ${start ? `${start.method} ${start.path}` : `${steps.length} requests of a visitor`}`;
}

function byPublished(a: PlannedPort, b: PlannedPort): number {
  return (order(a) === order(b) ? 0 : order(a) - order(b)) || byCodeUnit(a.name, b.name);
}

/** What is yet to be chosen comes last. */
function order({ published = 0 }: PlannedPort): number {
  return published === 'free' ? Infinity : published;
}

/** A port that is published, and what is done there; nothing for one that only other services reach. */
function publishedLines(port: PlannedPort, uses: readonly string[]): string[] {
  const address = publishedAt(port);
  return address === undefined ? [] : [`${address} ${port.name}`, ...uses];
}

/** Where a port is published: `127.0.0.1:8000`, `[::1]:5300/udp`; undefined: nowhere. */
export function publishedAt({ address, published, protocol }: PlannedPort): string | undefined {
  if (published === undefined) return undefined;
  const host = address ?? '0.0.0.0';
  return `${host.includes(':') ? `[${host}]` : host}:${published}${protocol === 'udp' ? '/udp' : ''}`;
}

function volumesOf(services: readonly PlannedService[]): PicturedVolume[] {
  const names = sortedSet(services.flatMap(({ volumes }) => volumes.map(({ volume }) => volume)));
  return names.map((name) => ({
    name,
    services: services.flatMap((service) =>
      service.volumes.some(({ volume }) => volume === name) ? [service.name] : [],
    ),
  }));
}

function legendOf(
  services: readonly PicturedService[],
  arrows: readonly Arrow[],
  entries: readonly Entry[],
  networks: readonly PlannedNetwork[],
): string[] {
  const line = (isThere: boolean, text: string): string[] => (isThere ? [text] : []);
  return [
    ...line(
      arrows.some(({ waits, calls }) => waits !== undefined && !calls),
      'thin arrow: waits for it to be healthy, or a job to be completed; what follows from other arrows is left out',
    ),
    ...line(
      arrows.some(({ waits, calls }) => waits === undefined && calls),
      'dashed arrow: calls it',
    ),
    ...line(
      arrows.some(({ waits, calls }) => waits !== undefined && calls),
      'thick arrow: waits for it and calls it',
    ),
    ...line(
      services.some(({ uses }) => uses.length > 0),
      '"calls" in a box: what nearly all call, without arrows',
    ),
    ...line(
      services.some(({ mark }) => mark.startsWith('×')),
      '×2: two replicas; one where nothing is said',
    ),
    ...line(entries.length > 0, 'rounded box: address on the host at which a service is reached from outside'),
    ...line(
      services.some(({ hasWayOut }) => hasWayOut),
      'blue border: on network egress, which has a way out of the host',
    ),
    ...line(
      services.some(({ kind }) => kind === 'external'),
      'dotted border: run by somebody else, at that address',
    ),
    ...line(
      services.some(({ door }) => door !== undefined),
      'network door-…: shared with those that call the service, who find it there once it is healthy',
    ),
    ...line(
      networks.some(({ name }) => name === 'home'),
      'every container is on network home, which has no way out',
    ),
  ];
}

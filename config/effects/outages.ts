import type { Plan, PlannedService } from '../plan/types.ts';
import { parseDuration } from '../schema/duration.ts';
import type { Grounds } from './effects.ts';
import type { Outage, Standing } from './types.ts';

/** What stopping one container and starting another takes where nobody has seen it yet, in milliseconds. */
const EXCHANGE_MS = 1500;
/** Where nothing better is known, from the start of a container until it is healthy. */
const START_MS = 1000;

/** One reason for an outage. */
interface Reason {
  readonly why: string;
  readonly aboutMs: number;
  readonly atMostMs: number;
}

/** The time in which nobody answers for a service; undefined: there is none. Pure. */
export function outageOf(name: string, planned: PlannedService | undefined, grounds: Grounds): Outage | undefined {
  const own = grounds.standing.filter(({ service, leaving }) => service === name && leaving !== true);
  if (own.length === 0) return undefined;
  const callers = grounds.plan.services
    .filter((service) => service.calls.includes(name) && service.name !== name)
    .map((service) => service.name);
  const ports = [...new Set(own.flatMap(({ published }) => published))].sort((a, b) => a - b);
  if (!planned) {
    const isMissed = callers.length > 0 || ports.length > 0;
    return isMissed ? { why: ['the plan has it no more'], callers, ports } : undefined;
  }
  if (planned.kind === 'job') return undefined;
  const gone = [...withoutPredecessor(planned, own, grounds), ...foundAnew(planned, own, callers, grounds)];
  const reasons = [...gone, ...turnedAway(planned, grounds)];
  if (reasons.length === 0) return undefined;
  return {
    why: reasons.map(({ why }) => why),
    aboutMs: Math.max(...reasons.map(({ aboutMs }) => aboutMs)),
    atMostMs: Math.max(...reasons.map(({ atMostMs }) => atMostMs)),
    // Whoever logs in with another password does not notice that one is forgotten.
    callers: [...new Set([...(gone.length > 0 ? callers : []), ...loggedIn(planned.name, grounds)])].sort(),
    ports: gone.length > 0 ? ports : [],
  };
}

/** The old one goes first, and no other replica serves meanwhile. */
function withoutPredecessor(planned: PlannedService, own: readonly Standing[], { plan, touches }: Grounds): Reason[] {
  const { order, parallelism, stopGraceMs, healthTimeoutMs } = planned.rollout;
  const replaced = replacedOf(planned.name, own, touches);
  if (order === 'createFirst' || replaced.length === 0) return [];
  if (Math.min(parallelism, replaced.length) < own.length) return [];
  const exchanges = own.flatMap(({ exchangeMs }) => exchangeMs ?? []);
  const exchangeMs = exchanges.length > 0 ? Math.max(...exchanges) : EXCHANGE_MS;
  const aboutMs = startMs(planned, own, exchanges.length === 0 && writtenBy(planned, plan).length > 0) + exchangeMs;
  return [{ why: whyDeleteFirst(planned, plan), aboutMs, atMostMs: stopGraceMs + healthTimeoutMs }];
}

/** Why there can only be one of it at a time. */
function whyDeleteFirst({ singleton, ports, volumes }: PlannedService, plan: Plan): string {
  const published = ports.flatMap((port) => (port.published === undefined ? [] : [port.name]));
  const written = writtenBy({ volumes }, plan);
  const whys = [
    ...(written.length > 0 ? [`it keeps data in a volume (${written.join(', ')})`] : []),
    ...(published.length > 0 ? [`it publishes a port (${published.join(', ')})`] : []),
    ...(singleton ? ['there can only be one of it'] : []),
  ];
  return whys.length > 0 ? whys.join(', ') : 'its rollout is described as delete-first';
}

/** Volumes with data that a service writes. */
function writtenBy({ volumes }: Pick<PlannedService, 'volumes'>, plan: Plan): string[] {
  const data = plan.volumes.filter(({ keep }) => keep !== false).map(({ name }) => name);
  return volumes.filter(({ volume, readOnly }) => !readOnly && data.includes(volume)).map(({ volume }) => volume);
}

/** Those who still run look for it where it is found no more: on a network that is made anew, or under its first name. */
function foundAnew(
  planned: PlannedService,
  own: readonly Standing[],
  callers: readonly string[],
  grounds: Grounds,
): Reason[] {
  const { plan, touches } = grounds;
  if (callers.length === 0 || replacedOf(planned.name, own, touches).length === 0) return [];
  const anew = plan.networks.filter(({ name }) =>
    touches.some((touch) => touch.of === 'network' && touch.action === 'replace' && touch.name.endsWith(`-${name}`)),
  );
  const lost = planned.networks.filter(
    ({ network, aliases }) => aliases.length > 0 && anew.some(({ name }) => name === network),
  );
  const whys = [
    ...(lost.length > 0 ? [`its network is made anew (${lost.map(({ network }) => network).join(', ')})`] : []),
    ...(planned.rollout.order === 'createFirst' && own.some(({ isNamed }) => isNamed)
      ? ['it rolls create-first from now on, and is found in another way']
      : []),
  ];
  if (whys.length === 0) return [];
  return [{ why: `${whys.join(', ')}, until those who call it are replaced too`, ...slowest(callers, grounds) }];
}

/** Those who still run hold the password that the database has just forgotten. */
function turnedAway(planned: PlannedService, grounds: Grounds): Reason[] {
  const roles = changedRoles(planned.name, grounds);
  const callers = loggedIn(planned.name, grounds);
  if (roles.length === 0 || callers.length === 0) return [];
  const why = `it turns the former password away (${roles.join(', ')}), until those who log in with it are replaced`;
  return [{ why, ...slowest(callers, grounds) }];
}

/** Names of secrets that are passwords of roles in a database, and change. */
function changedRoles(database: string, { plan, touches }: Grounds): string[] {
  const changed = touches
    .filter(({ of, action, fields }) => of === 'role' && action === 'update' && fields.includes('password'))
    .map(({ name }) => name);
  return plan.secrets
    .filter(
      ({ postgresRole }) =>
        postgresRole?.service === database && changed.includes(`${postgresRole.service}-${postgresRole.role}`),
    )
    .map(({ name }) => name);
}

/** Services that log in with a password that changes, and stand, sorted. */
function loggedIn(database: string, grounds: Grounds): string[] {
  const changed = changedRoles(database, grounds);
  const holders = grounds.plan.secrets
    .filter(({ name, format }) => changed.includes(name) || isMadeOf(format, changed))
    .flatMap(({ services }) => services);
  const standing = new Set(grounds.standing.map(({ service }) => service));
  return [...new Set(holders)].filter((name) => name !== database && standing.has(name)).sort();
}

function isMadeOf(format: Plan['secrets'][number]['format'], names: readonly string[]): boolean {
  if (format.kind !== 'template') return false;
  return names.some((name) => format.template.includes(`\${${name}}`) || format.template.includes(`\${${name}|`));
}

function replacedOf(name: string, own: readonly Standing[], touches: Grounds['touches']): Standing[] {
  return own.filter((container) =>
    touches.some(
      (touch) =>
        touch.of === 'container' &&
        touch.action === 'replace' &&
        touch.service === name &&
        touch.name === container.name,
    ),
  );
}

/** How long it is until the last of some services has its replicas replaced. */
function slowest(services: readonly string[], { plan, standing }: Grounds): Pick<Reason, 'aboutMs' | 'atMostMs'> {
  const times = plan.services
    .filter(({ name }) => services.includes(name))
    .map((planned) => {
      const { parallelism, minReadyMs, drainMs, healthTimeoutMs, stopGraceMs } = planned.rollout;
      const own = standing.filter(({ service }) => service === planned.name);
      const turns = Math.max(1, Math.ceil(own.length / parallelism));
      return {
        aboutMs: turns * (healthyAfterMs(planned, own) + EXCHANGE_MS + minReadyMs + drainMs),
        atMostMs: turns * (healthTimeoutMs + minReadyMs + drainMs + stopGraceMs),
      };
    });
  return {
    aboutMs: Math.max(EXCHANGE_MS, ...times.map(({ aboutMs }) => aboutMs)),
    atMostMs: Math.max(EXCHANGE_MS, ...times.map(({ atMostMs }) => atMostMs)),
  };
}

/**
 * How long the next start until healthy takes. Where the last one may have been the one that made the data, which the next
 * one does not: the middle between that and the first probe.
 */
function startMs(planned: PlannedService, own: readonly Standing[], mayHaveMadeData: boolean): number {
  const last = healthyAfterMs(planned, own);
  return mayHaveMadeData ? (last + Math.min(last, firstProbeMs(planned))) / 2 : last;
}

/** How long a container took to become healthy last; where none is known, until its first probe. */
function healthyAfterMs(planned: PlannedService, own: readonly Standing[]): number {
  const known = own.flatMap((container) => container.healthyAfterMs ?? []);
  return known.length > 0 ? Math.max(...known) : firstProbeMs(planned);
}

function firstProbeMs({ healthcheck }: PlannedService): number {
  if (!healthcheck) return START_MS;
  const [first, later] = [parseDuration(healthcheck.startInterval), parseDuration(healthcheck.interval)];
  return Math.max(START_MS, Math.min(first ?? START_MS, later ?? START_MS));
}

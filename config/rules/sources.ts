import { isLocalAddress } from '../plan/address.ts';
import { issuePath } from '../plan/resolution.ts';
import { sortedEntries, sortedSet } from '../plan/sort.ts';
import type { HostFacts, Issue, Plan, PlannedImage } from '../plan/types.ts';
import { hasStage } from '../plan/stages.ts';
import type { Settings } from '../schema/settings.ts';
import type { SystemInput } from '../schema/system.ts';
import { error, warning, type Rule } from './rule.ts';
import { unknownName } from './suggest.ts';

/**
 * Sources that the system does not have, and images that a stack names for services that it builds. The settings that
 * come back are without them.
 */
export function checkSourceSettings(
  settings: Settings,
  system: SystemInput,
): { readonly settings: Settings; readonly issues: readonly Issue[] } {
  const described = system.sources ?? {};
  const unknown = Object.keys(settings.sources).filter((name) => !Object.hasOwn(described, name));
  const sources = without(settings.sources, unknown);
  const issues = unknown.map((name) =>
    unknownName(['slipway', 'sources', name], { noun: 'source', name, known: Object.keys(described) }),
  );
  const services = Object.entries(settings.services).map(([service, { image, ...rest }]) => {
    const source = Object.keys(sources).find((name) => Object.hasOwn(described[name]?.services ?? {}, service));
    if (image === undefined || source === undefined) return [service, { image, ...rest }] as const;
    issues.push(
      error(
        issuePath('slipway', ['services', service, 'image']),
        `"${service}" is built from slipway:sources.${source} already`,
        'one of the two',
      ),
    );
    return [service, rest] as const;
  });
  return { settings: { ...settings, sources, services: Object.fromEntries(services) }, issues };
}

function without<T>(map: Readonly<Record<string, T>>, keys: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)));
}

/** Sources fit the system that describes them, each other, and the stack that has chosen them. */
export const checkSources: Rule = (resolution) => [
  ...checkDescribed(resolution),
  ...checkClaims(resolution),
  ...checkMountable(resolution),
  ...checkShadowed(resolution),
];

/** What the description of sources names exists, but for the tasks that it takes away. */
const checkDescribed: Rule = ({ system }) =>
  sortedEntries(system.sources).flatMap(([name, source]) =>
    (['services', 'tasks'] as const).flatMap((kind) =>
      Object.entries(source[kind])
        .filter(([other, change]) => change !== null && !Object.hasOwn(system[kind], other))
        .map(([other]) =>
          unknownName([system.name, 'sources', name, kind, other], {
            noun: kind === 'services' ? 'service' : 'task',
            name: other,
            known: Object.keys(system[kind]),
          }),
        ),
    ),
  );

/** No service is built from two sources. */
const checkClaims: Rule = ({ system, settings, built }) =>
  Object.keys(settings.sources).flatMap((name) =>
    Object.keys(system.sources[name]?.services ?? {}).flatMap((service) => {
      const other = built[service]?.source;
      if (other === undefined || other === name) return [];
      return [
        error(
          issuePath('slipway', ['sources', name]),
          `"${service}" can't be built both from it and from slipway:sources.${other}`,
          'one of the two',
        ),
      ];
    }),
  );

/** A folder can be mounted only by an engine on the same machine. What no address tells is left to the facts. */
const checkMountable: Rule = ({ built, settings: { host } }) =>
  host === undefined || isLocalAddress(host)
    ? []
    : sortedSet(Object.values(built).flatMap(({ source, mounted }) => (mounted ? [source] : []))).map((source) =>
        unmountable(source, `the engine at ${host}`),
      );

function unmountable(source: string, engine: string): Issue {
  return error(
    issuePath('slipway', ['sources', source]),
    `its folder is mounted in containers, and ${engine} is no engine of this machine`,
    'an engine of this machine (unix:///path, tcp://127.0.0.1:port), or an environment that mounts nothing (test, prod)',
  );
}

/** An image that a stack names, and that nothing runs: all that did are built from sources. */
const checkShadowed: Rule = ({ built, settings, system }) => {
  const used = new Set(Object.values(system.services).map(({ image }) => image));
  const sources = sortedSet(Object.values(built).map(({ source }) => source));
  return Object.keys(settings.images)
    .filter((image) => sources.length > 0 && !used.has(image))
    .map((image) =>
      warning(
        issuePath('slipway', ['images', image]),
        `no service runs this image: those that would are built from ${sources.map((name) => `slipway:sources.${name}`).join(', ')}`,
        'leave it out, or the sources',
      ),
    );
};

/** What keeps an engine from building a plan's sources, or from mounting them. */
export function checkSourceFolders({ images }: Plan, facts: HostFacts): Issue[] {
  const bySource = new Map(images.flatMap((image) => (image.source ? [[image.source.name, image] as const] : [])));
  return [...bySource].flatMap(([source, image]) => {
    const problem = problemOf(image, facts.sources[source]);
    const path = issuePath('slipway', ['sources', source]);
    return [
      ...(problem ? [error(path, ...problem)] : []),
      ...(image.source?.rebuildOn && !facts.isLocal ? [unmountable(source, 'the one that answers')] : []),
    ];
  });
}

function problemOf(
  { build }: PlannedImage,
  facts: HostFacts['sources'][string] | undefined,
): readonly [message: string, accepted: string] | undefined {
  if (!build || !facts) return undefined;
  const { context, dockerfile, target } = build;
  if (!facts.isFolder) {
    return [`there is no folder ${context}`, 'the path of a folder, absolute or relative to the project'];
  }
  const { stages } = facts;
  if (!stages) return [`there is no ${dockerfile} in ${context} that can be read`, 'a folder with that file in it'];
  if (target === undefined || hasStage(stages, target)) return undefined;
  const named = stages.filter((name) => name !== '');
  const there = named.length > 0 ? `it has ${named.join(', ')}` : 'none of its stages has a name';
  return [`${dockerfile} in ${context} has no stage "${target}"`, `a stage of that name; ${there}`];
}

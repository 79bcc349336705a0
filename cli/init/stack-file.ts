import { sortedSet } from '../../config/plan/sort.ts';
import { EnvironmentName } from '../../config/schema/environment.ts';
import type { SystemDescription } from '../../config/schema/system.ts';

/** What a new stack is to be. */
export interface NewStack {
  readonly environment: EnvironmentName;
  readonly profiles: readonly string[];
}

/**
 * The configuration file of a new stack: what was chosen, and what else may be, as comments. Pure.
 * @returns YAML as `Pulumi.<stack>.yaml` holds it
 */
export function newStackFile(system: SystemDescription, { environment, profiles }: NewStack): string {
  const others = profilesOf(system, environment).filter((profile) => !profiles.includes(profile));
  const variants = variantsOf(system, environment);
  const elsewhere = Object.keys(placesToTell(system, environment));
  return [
    `# ${system.description ?? system.name}`,
    '# Every key: docs/reference/configuration.md',
    'config:',
    `  slipway:system: ${system.name}`,
    `  slipway:environment: ${environment}`,
    ...(elsewhere.length > 0
      ? [
          '  # Somebody else runs these: the addresses stand for theirs.',
          '  slipway:services:',
          ...elsewhere.map((name) => `    ${name}: { external: { host: ${placeholder(name)} } }`),
        ]
      : []),
    ...(profiles.length > 0 ? [`  slipway:profiles: [${profiles.join(', ')}]`] : []),
    ...(others.length > 0
      ? [
          `  # Parts that run only where a stack asks for them: ${others.join(', ')}`,
          ...(profiles.length > 0 ? [] : [`  # slipway:profiles: [${others.join(', ')}]`]),
        ]
      : []),
    ...(variants.length > 0
      ? [
          ...variants.map(([name, description]) => `  # ${name}: ${description}`),
          `  # slipway:variants: [${variants.map(([name]) => name).join(', ')}]`,
        ]
      : []),
    '',
  ].join('\n');
}

/**
 * Settings of the services that an environment leaves to somebody else, whose addresses only a stack can tell: as a new stack
 * has them until it does. Of a domain that nobody has (RFC 2606), so that a deployment is refused before it begins.
 */
export function placesToTell(
  { environments }: SystemDescription,
  environment: EnvironmentName,
): Readonly<Record<string, { readonly external: { readonly host: string } }>> {
  return Object.fromEntries(
    Object.entries(environments[environment].services ?? {}).flatMap(([name, changes]) =>
      changes?.external && changes.external.host === undefined
        ? [[name, { external: { host: placeholder(name) } }] as const]
        : [],
    ),
  );
}

function placeholder(service: string): string {
  return `${service}.example.com`;
}

/** Profiles that services of a system have in an environment, sorted. */
export function profilesOf({ services, environments }: SystemDescription, environment: EnvironmentName): string[] {
  const changed = environments[environment].services ?? {};
  const named = Object.entries({ ...services, ...changed }).flatMap(([name]) => [
    ...(changed[name] === null ? [] : (changed[name]?.profiles ?? services[name]?.profiles ?? [])),
  ]);
  return sortedSet(named);
}

function variantsOf({ variants = {} }: SystemDescription, environment: EnvironmentName): [string, string][] {
  return Object.entries(variants)
    .filter(([, { environments = EnvironmentName.options }]) => environments.includes(environment))
    .map(([name, { description }]): [string, string] => [name, description])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

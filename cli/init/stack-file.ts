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
  return [
    `# ${system.description ?? system.name}`,
    '# Every key: docs/reference/configuration.md',
    'config:',
    `  slipway:system: ${system.name}`,
    `  slipway:environment: ${environment}`,
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

import { issuePath } from '../plan/resolution.ts';
import type { EnvironmentName as Name, Issue } from '../plan/types.ts';
import { EnvironmentName } from '../schema/environment.ts';
import type { Settings } from '../schema/settings.ts';
import type { SystemDescription, Variant } from '../schema/system.ts';
import type { RawSettings } from '../settings.ts';
import { error } from './rule.ts';
import { knownNames, unknownName } from './suggest.ts';

/** The system that a stack runs. */
export function chooseSystem(
  raw: RawSettings,
  { system }: Settings,
  systems: Readonly<Record<string, SystemDescription>>,
): { description?: SystemDescription; issues: Issue[] } {
  const names = Object.keys(systems).sort();
  if (system === undefined) {
    // Where something was written that is no name, the schema has said so.
    const written = raw.values['system'] !== undefined;
    const accepted = `\`pulumi config set slipway:system <name>\`; known: ${names.join(', ')}`;
    return { issues: written ? [] : [error('slipway:system', 'is missing', accepted)] };
  }
  const description = Object.hasOwn(systems, system) ? systems[system] : undefined;
  if (description) return { description, issues: [] };
  return { issues: [error('slipway:system', `no system "${system}"`, knownNames(system, names))] };
}

/** The variants of a system that a stack takes, as far as there are such. */
export function chooseVariants(
  { variants: wanted }: Settings,
  { variants = {} }: Pick<SystemDescription, 'variants'>,
  environment: Name,
): { chosen: Variant[]; issues: Issue[] } {
  const issues: Issue[] = [];
  const chosen = wanted.flatMap((name) => {
    const variant = Object.hasOwn(variants, name) ? variants[name] : undefined;
    if (!variant) {
      issues.push(unknownName(['slipway', 'variants'], { noun: 'variant', name, known: Object.keys(variants) }));
      return [];
    }
    const { environments = EnvironmentName.options } = variant;
    if (environments.includes(environment)) return [variant];
    issues.push(
      error(
        issuePath('slipway', ['variants']),
        `variant "${name}" is none of ${environment}`,
        `a stack of ${environments.join(', ')}`,
      ),
    );
    return [];
  });
  return { chosen, issues };
}

/** A system says of each environment what that changes, if it is nothing. */
export function checkEnvironment({ name, environments }: SystemDescription, environment: Name): Issue[] {
  if (Object.hasOwn(environments, environment)) return [];
  const path = issuePath(name, ['environments', environment]);
  return [error(path, 'is missing', `a map of what ${environment} changes; {} for nothing`)];
}

/** The environment that a stack is: as it says, or as it is called. */
export function chooseEnvironment(raw: RawSettings, { environment }: Settings): { name?: Name; issues: Issue[] } {
  if (environment !== undefined) return { name: environment, issues: [] };
  if (raw.values['environment'] !== undefined) return { issues: [] };
  const called = EnvironmentName.safeParse(raw.stack);
  if (called.success) return { name: called.data, issues: [] };
  return {
    issues: [
      error(
        'slipway:environment',
        `is missing, and the stack's name "${raw.stack}" is none`,
        `\`pulumi config set slipway:environment <name>\`; known: ${EnvironmentName.options.join(', ')}`,
      ),
    ],
  };
}

import type { EnvironmentName as Name, Issue } from '../plan/types.ts';
import { EnvironmentName } from '../schema/environment.ts';
import type { Settings } from '../schema/settings.ts';
import type { SystemDescription } from '../schema/system.ts';
import type { RawSettings } from '../settings.ts';
import { error } from './rule.ts';
import { knownNames } from './suggest.ts';

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

import type { Service } from '../schema/service.ts';
import type { Settings } from '../schema/settings.ts';
import type { System } from '../schema/system.ts';
import type { BuiltServices } from './sources.ts';
import type { EnvironmentName, PlannedExternal } from './types.ts';

/**
 * A system on its way to a plan: overlays merged, parameters filled in, profiles chosen, what somebody else runs set apart.
 * What the rules judge.
 */
export interface Resolution {
  readonly stack: string;
  readonly environment: EnvironmentName;
  /** What the user has configured, without what was wrong. */
  readonly settings: Settings;
  readonly providedSecrets: readonly string[];
  /** Those of them whose values stand in clear in the configuration. */
  readonly clearSecrets?: readonly string[];
  /** True: secrets that are still to be set are no problem yet. */
  readonly acceptsMissingSecrets?: boolean;
  readonly system: System;
  /** What the stack builds from sources of its own. */
  readonly built: BuiltServices;
  /** Services that run with the profiles that are on. */
  readonly active: Readonly<Record<string, Service>>;
  /** What somebody else runs. */
  readonly externals: readonly PlannedExternal[];
  /** Secrets that are passwords there. */
  readonly externalPasswords: readonly string[];
  /** What names of the stack on a host begin with. */
  readonly prefix: string;
}

/** A path as an issue shows it: `slipway:services.api.replicas`, `linkflow:images[0]`. */
export function issuePath(root: string, keys: readonly PropertyKey[]): string {
  return keys.reduce<string>(
    (path, key) =>
      typeof key === 'number' ? `${path}[${key}]` : `${path}${path.endsWith(':') ? '' : '.'}${String(key)}`,
    `${root}:`,
  );
}

/**
 * Where a value of a service was written: in the stack's configuration if `setting` is there, or else in the
 * description of the system.
 */
export function origin(
  { settings, system }: Pick<Resolution, 'settings' | 'system'>,
  service: string,
  setting: 'replicas' | 'memory' | 'cpus' | 'image',
  described: readonly string[],
): string {
  return settings.services[service]?.[setting] === undefined
    ? issuePath(system.name, ['services', service, ...described])
    : issuePath('slipway', ['services', service, setting]);
}

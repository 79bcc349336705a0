import { issuePath } from '../plan/resolution.ts';
import type { Issue } from '../plan/types.ts';
import type { Settings } from '../schema/settings.ts';
import type { RawSettings } from '../settings.ts';
import { error } from './rule.ts';
import { knownNames } from './suggest.ts';

/** Services that are to run alone, and do not run at all. */
export function checkOnly({ only = [] }: RawSettings, active: Readonly<Record<string, unknown>>): Issue[] {
  const known = Object.keys(active);
  return only
    .filter((name) => !known.includes(name))
    .map((name) => error('--only', `no service "${name}" runs in this stack`, knownNames(name, known)));
}

/** Profiles that no service belongs to, in this environment or another. */
export function checkProfiles(raw: RawSettings, settings: Settings, known: readonly string[]): Issue[] {
  const written = raw.values['profiles'];
  return settings.profiles.flatMap((profile, position) =>
    known.includes(profile)
      ? []
      : [
          error(
            issuePath('slipway', ['profiles', Array.isArray(written) ? written.indexOf(profile) : position]),
            `no profile "${profile}"`,
            knownNames(profile, known),
          ),
        ],
  );
}

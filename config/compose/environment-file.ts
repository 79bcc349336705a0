import { byCodeUnit } from '../plan/sort.ts';
import type { PlannedService } from '../plan/types.ts';

/*
 * Secrets that a service gets as variables stand in a file that Compose reads: never in compose.yaml.
 */

/** Path of a service's file of variables within the export folder; undefined: it has no such secrets. */
export function environmentFile({ name, environmentSecrets }: PlannedService): string | undefined {
  return environmentSecrets.length === 0 ? undefined : `secrets/${name}.env`;
}

/**
 * Variables as Compose reads them from a file: in single quotes nothing is expanded and a value may have several lines
 * (seen with 2.26.1). Their values must have passed {@link unwritable}.
 */
export function environmentText(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, value]) => `${name}='${value.replaceAll("'", "\\'")}'\n`)
    .join('');
}

/** What keeps a value from arriving whole through such a file; undefined: nothing. */
export function unwritable(value: string): string | undefined {
  if (value.includes('\r')) return 'holds a carriage return, which Compose takes out';
  // Between quotes a backslash is one unless a quote follows, and none can be put before it.
  return /(?<!\\)(?:\\\\)*\\(?:'|$)/.test(value) ? 'holds a backslash before a single quote, or at its end' : undefined;
}

import type { Plan } from '../../config/plan/types.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { findSecret } from './find.ts';

/** What a `pin` does. */
export interface PinChoice {
  /** Names of generated secrets, whose values are to be kept in the configuration. */
  readonly pin: readonly string[];
  /** Of those asked for: set already. */
  readonly isSet: readonly string[];
}

/**
 * Chooses what a `pin` of `names` (none: of all) writes. Pure.
 * @throws CommandFailure (bad input), with everything that is wrong at once, for names that have no value of their own
 */
export function choosePins(plan: Pick<Plan, 'secrets' | 'system'>, names: readonly string[]): PinChoice {
  const chosen = names.length === 0 ? plan.secrets : [...new Set(names)].map((name) => findSecret(plan, name));
  const of = (source: string): string[] => chosen.filter((secret) => secret.source === source).map(({ name }) => name);
  const wrong = names.length === 0 ? [] : chosen.flatMap(({ name, source }) => REASONS[source]?.(name) ?? []);
  if (wrong.length > 0) throw new CommandFailure(EXIT.usage, `${wrong.join('\n')}\nNothing was touched.`);
  return { pin: of('generated'), isSet: of('provided') };
}

const REASONS: Readonly<Record<string, (name: string) => string>> = {
  derived: (name) => `${name} is built from other secrets: pin those`,
  issued: (name) => `${name} is issued by the stack's own authority, and is not pinned`,
  missing: (name) => `${name} has no value: \`slipway secrets set ${name}\` gives it one`,
};

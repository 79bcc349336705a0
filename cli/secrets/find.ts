import { templateSecrets } from '../../config/plan/template.ts';
import type { Plan, PlannedSecret } from '../../config/plan/types.ts';
import { knownNames } from '../../config/rules/suggest.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';

/**
 * The secret of a plan that `name` means.
 * @throws CommandFailure (bad input) that lists the secrets there are, the nearest first
 */
export function findSecret({ secrets, system }: Pick<Plan, 'secrets' | 'system'>, name: string): PlannedSecret {
  const found = secrets.find((secret) => secret.name === name);
  if (found !== undefined) return found;
  const names = secrets.map((secret) => secret.name);
  throw new CommandFailure(EXIT.usage, `${system} has no secret "${name}"; ${knownNames(name, names)}`);
}

/** The secrets called `names`, and those that they are built from, as the plan has them. Pure. */
export function withParts(planned: readonly PlannedSecret[], names: readonly string[]): PlannedSecret[] {
  const wanted = new Set<string>();
  const want = (name: string): void => {
    const secret = planned.find((each) => each.name === name);
    if (!secret || wanted.has(name)) return;
    wanted.add(name);
    if (secret.source === 'derived' && secret.format.kind === 'template') {
      templateSecrets(secret.format.template).forEach(want);
    }
  };
  names.forEach(want);
  return planned.filter(({ name }) => wanted.has(name));
}

/** The services that run and get the secret `name`, or something that is built from it, sorted. Pure. */
export function readersOf(planned: readonly PlannedSecret[], name: string): string[] {
  const affected = planned.filter((secret) => withParts(planned, [secret.name]).some((part) => part.name === name));
  return [...new Set(affected.flatMap(({ services }) => services))].sort();
}

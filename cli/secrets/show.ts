import { formatText } from '../../config/plan/render.ts';
import type { Plan, PlannedSecret } from '../../config/plan/types.ts';
import type { Paint } from '../context.ts';
import { stackOption, uptime } from '../output/format.ts';
import { table } from '../output/table.ts';

/** A secret, and when its value was made. */
export interface ListedSecret {
  readonly secret: PlannedSecret;
  /** Undefined: nobody knows. */
  readonly made: Date | undefined;
}

type About = Pick<Plan, 'system' | 'stack' | 'environment'>;

/** Secrets for people: a table, and how one of them is set; never a value. */
export function secretsText(
  { system, stack }: About,
  listed: readonly ListedSecret[],
  now: Date,
  paint: Paint,
): string {
  if (listed.length === 0) return `${system} declares no secrets`;
  const columns = ['SECRET', 'SOURCE', 'FORMAT', 'AGE', 'FOR', 'WHAT IT IS FOR'].map((heading) => ({
    heading: paint('bold', heading),
  }));
  const rows = listed.map(({ secret, made }) => [
    secret.name,
    secret.source === 'missing' ? paint('red', secret.source) : secret.source,
    secret.format.kind === 'template' ? 'built from others' : formatText(secret.format),
    made === undefined ? '-' : uptime(now.getTime() - made.getTime()),
    secret.services.join(', ') || '-',
    secret.description,
  ]);
  return `${table(columns, rows)}\n\nset one: slipway secrets set${stackOption(stack)} <name>`;
}

/** Secrets as data; never a value. */
export function secretsJson({ system, environment, stack }: About, listed: readonly ListedSecret[]): object {
  return {
    system,
    environment,
    stack,
    secrets: listed.map(({ secret: { postgresRole, providedOnly, ...secret }, made }) => ({
      ...secret,
      made: made?.toISOString() ?? null,
      ...(postgresRole && { postgresRole }),
      ...(providedOnly === true && { providedOnly }),
    })),
  };
}

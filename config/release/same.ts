import type { Plan } from '../plan/types.ts';

/**
 * Whether two plans, as JSON, are released alike: where the value of a secret comes from makes no release, since pinning what
 * was generated leaves it what it was. Pure.
 */
export function isSameRelease(before: unknown, after: unknown): boolean {
  return (
    before === after ||
    (typeof before === 'string' && typeof after === 'string' && whatRuns(before) === whatRuns(after))
  );
}

function whatRuns(json: string): string {
  const plan = JSON.parse(json) as Partial<Plan>;
  return JSON.stringify({ ...plan, secrets: plan.secrets?.map(({ source: _source, ...secret }) => secret) });
}

import type { Plan, PlannedService } from '../../../../config/plan/types.ts';
import type { KeptRelease } from '../../../../config/release/refusals.ts';
import { PLAN_FORMAT } from '../../../../config/release/types.ts';
import type { SystemInput } from '../../../../config/schema/system.ts';
import { planOf, resolveShop, service, system } from '../fixture.ts';

/** What the shop of these tests is made of, with what a test is about on top. */
export function shop({ services = {}, secrets = {}, values = {} }: Changes = {}): Plan {
  const key = { description: 'A key.', format: { kind: 'password' as const } };
  const description = system(
    { app: service(), migrate: service({ kind: 'job', command: ['migrate'] }), ...services },
    { secrets: { KEY: key, ...secrets } },
  );
  return planOf(resolveShop(description, { values }));
}

/** What a test changes about it. */
export interface Changes {
  readonly services?: SystemInput['services'];
  readonly secrets?: SystemInput['secrets'];
  readonly values?: Readonly<Record<string, unknown>>;
}

/** A release of it. */
export function kept(number: number, plan: Plan, changes: Partial<KeptRelease> = {}): KeptRelease {
  const images = { app: { id: 'sha256:a', name: 'slipway/app:a' } };
  return { number, format: PLAN_FORMAT, plan, images, values: { KEY: 'one' }, ...changes };
}

/** The plan with something else about one of its services. */
export function changed(plan: Plan, name: string, changes: Partial<PlannedService>): Plan {
  return { ...plan, services: plan.services.map((each) => (each.name === name ? { ...each, ...changes } : each)) };
}

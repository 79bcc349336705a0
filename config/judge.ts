import type { HostFacts, Issue, Plan } from './plan/types.ts';
import { checkSetCertificates } from './rules/certificate-values.ts';
import { checkExternalAuthorities } from './rules/external-authorities.ts';
import { checkHost } from './rules/host.ts';
import { checkValues } from './rules/secret-value.ts';

/** What is known beside the configuration. */
export interface Circumstances {
  /** Secrets that somebody has set, by name, in clear. */
  readonly values: ReadonlyMap<string, string>;
  /** Absent: nothing is known of the host. */
  readonly facts?: HostFacts | undefined;
  readonly now: Date;
}

/** Everything that is wrong with a plan where its configuration alone does not tell: values of secrets, the host. Pure. */
export function judgePlan(plan: Plan, { values, facts, now }: Circumstances): Issue[] {
  return [
    ...checkValues(plan.secrets, values),
    ...checkSetCertificates(plan, values, now),
    ...checkExternalAuthorities(plan, now),
    ...(facts ? checkHost(plan, facts) : []),
  ];
}

import type { Service } from '../schema/service.ts';
import type { System } from '../schema/system.ts';
import type { SmokeStep } from '../schema/smoke.ts';
import type { PlannedSmoke, PlannedStep } from './types.ts';

/** What proves the deployment, as far as the services that it asks run. */
export function plannedSmoke({ smoke }: System, active: Readonly<Record<string, Service>>): PlannedSmoke | undefined {
  if (!smoke || !Object.hasOwn(active, smoke.service)) return undefined;
  const { service, port, host, steps, start, poll, timeout, urls } = smoke;
  return {
    service,
    port,
    ...(host !== undefined && { host }),
    ...(steps.length > 0 && { steps: steps.map(plannedStep) }),
    ...(start && { start }),
    ...(poll && { poll }),
    timeoutMs: timeout,
    urls: urls.filter(({ service }) => Object.hasOwn(active, service)),
  };
}

function plannedStep({ status, body, ...rest }: SmokeStep): PlannedStep {
  return { ...rest, ...(body !== undefined && { body }), ...(status !== undefined && { status }) };
}

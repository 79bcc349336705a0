import type { Service } from '../schema/service.ts';
import type { System } from '../schema/system.ts';
import type { PlannedSmoke } from './types.ts';

/** What proves the deployment, as far as the services that it asks run. */
export function plannedSmoke({ smoke }: System, active: Readonly<Record<string, Service>>): PlannedSmoke | undefined {
  if (!smoke || !Object.hasOwn(active, smoke.service)) return undefined;
  const { timeout, urls, host, ...rest } = smoke;
  return {
    ...rest,
    ...(host !== undefined && { host }),
    timeoutMs: timeout,
    urls: urls.filter(({ service }) => Object.hasOwn(active, service)),
  };
}

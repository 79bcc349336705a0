import type { Service } from '../schema/service.ts';

/** Services that run: those of no profile, and those of one that is on. */
export function activeServices(
  services: Readonly<Record<string, Service>>,
  profiles: readonly string[],
): Record<string, Service> {
  const on = new Set(profiles);
  return Object.fromEntries(Object.entries(services).filter(([, service]) => isActive(service, on)));
}

function isActive({ profiles }: Service, on: ReadonlySet<string>): boolean {
  return profiles.length === 0 || profiles.some((profile) => on.has(profile));
}

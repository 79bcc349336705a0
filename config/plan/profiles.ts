import type { Service } from '../schema/service.ts';

/** Services that run: those of no profile, and those of one that is on. */
export function activeServices(
  services: Readonly<Record<string, Service>>,
  profiles: readonly string[],
): Record<string, Service> {
  const on = new Set(profiles);
  return Object.fromEntries(Object.entries(services).filter(([, service]) => isActive(service, on)));
}

/** Of the services that run, those that are named, and whatever they wait for. */
export function onlyServices(
  active: Readonly<Record<string, Service>>,
  names: readonly string[],
): Record<string, Service> {
  const wanted = new Set<string>();
  const add = (name: string): void => {
    const service = active[name];
    if (!service || wanted.has(name)) return;
    wanted.add(name);
    Object.keys(service.dependsOn).forEach(add);
  };
  names.forEach(add);
  return Object.fromEntries(Object.entries(active).filter(([name]) => wanted.has(name)));
}

function isActive({ profiles }: Service, on: ReadonlySet<string>): boolean {
  return profiles.length === 0 || profiles.some((profile) => on.has(profile));
}

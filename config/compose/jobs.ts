import type { PlannedService } from '../plan/types.ts';

/**
 * Jobs that no service waits for, directly or through other jobs. `docker compose up --wait` takes a container that has
 * ended for a failure unless somebody waits for its end (seen with 2.26.1), so these run only when they are asked for.
 */
export function jobsNobodyAwaits(services: readonly PlannedService[]): ReadonlySet<string> {
  const byName = new Map(services.map((service) => [service.name, service]));
  const awaited = new Set<string>();
  const visit = (service: PlannedService): void => {
    for (const { service: name } of service.dependsOn) {
      const other = byName.get(name);
      if (other?.kind !== 'job' || awaited.has(name)) continue;
      awaited.add(name);
      visit(other);
    }
  };
  services.filter(({ kind }) => kind === 'service').forEach(visit);
  return new Set(services.filter(({ kind, name }) => kind === 'job' && !awaited.has(name)).map(({ name }) => name));
}

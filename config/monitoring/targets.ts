import type { Service } from '../schema/service.ts';
import type { System } from '../schema/system.ts';
import { sortedEntries } from '../plan/sort.ts';

/** Profiles that turn monitoring on: all of it, or what needs no registry of images, which is all but Grafana. */
export const PROFILES = ['monitoring', 'prometheus'] as const;

/** True if one of the profiles that are on is one of {@link PROFILES}. */
export function isWatched(profiles: readonly string[]): boolean {
  return PROFILES.some((profile) => profiles.includes(profile));
}

/** One service that is watched, as the stack has it. */
export interface Target {
  readonly service: string;
  /** How many have to answer. */
  readonly replicas: number;
  /** Hard limits of each replica: memory in bytes, CPU in cores; absent: none. */
  readonly memory?: number;
  readonly cpus?: number;
  /** Where it answers with its metrics, sorted by name of the port; empty: nowhere. */
  readonly metrics: readonly { readonly port: number; readonly path: string }[];
  /** Present: a store with an exporter beside it, which knows what the store itself does not tell. */
  readonly store?: 'postgres' | 'redis';
  /** Port that shows by a connection that it is there, of one without metrics. */
  readonly probe?: number;
  /** Port with a certificate that can be looked at; absent: none. */
  readonly tls?: number;
}

/** The exporter beside a store. */
export function exporterOf(store: string): string {
  return `${store}-exporter`;
}

/** What monitoring asks: services of a stack with a TCP port, sorted. Without one there is nothing to ask. */
export function targetsOf(
  services: Readonly<Record<string, Service>>,
  { secrets, monitoring }: Pick<System, 'secrets' | 'monitoring'>,
): Target[] {
  const storeOf = (service: string): Target['store'] =>
    (['postgres', 'redis'] as const).find((kind) => monitoring?.[kind].includes(service));
  return sortedEntries(services).flatMap(([service, described]): Target[] => {
    if (described.kind === 'job' || described.external) return [];
    const ports = sortedEntries(described.ports).filter(([, { protocol }]) => protocol === 'tcp');
    const [first] = ports;
    if (!first) return [];
    const { memory, cpus } = described.limits;
    const store = storeOf(service);
    const tls = showsCertificate(described, secrets) ? ports.find(([name]) => name === 'https') : undefined;
    const metrics = ports.flatMap(([, { container: port, metrics: path }]) =>
      path === undefined ? [] : [{ port, path }],
    );
    return [
      {
        service,
        replicas: described.replicas,
        ...(memory !== undefined && { memory }),
        ...(cpus !== undefined && { cpus }),
        metrics,
        ...(store !== undefined && { store }),
        ...(metrics.length === 0 && { probe: first[1].container }),
        ...(tls && { tls: tls[1].container }),
      },
    ];
  });
}

function showsCertificate({ secrets: uses }: Service, secrets: System['secrets']): boolean {
  return Object.values(uses).some(({ secret }) => secrets[secret]?.format.kind === 'certificate');
}

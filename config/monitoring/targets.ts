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
  /** Port with a certificate that can be looked at, and the name that it is asked under; absent: none. */
  readonly tls?: { readonly port: number; readonly name: string };
}

/** The exporter beside a store. */
export function exporterOf(store: string): string {
  return `${store}-exporter`;
}

/** What monitoring asks: services of a stack with a TCP port, sorted. Without one there is nothing to ask. */
export function targetsOf(
  services: Readonly<Record<string, Service>>,
  { secrets, certificates, monitoring }: Pick<System, 'secrets' | 'certificates' | 'monitoring'>,
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
    const name = nameShown(described, { secrets, certificates });
    const tls = ports.find(([port]) => port === 'https');
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
        ...(tls && name !== undefined && { tls: { port: tls[1].container, name } }),
      },
    ];
  });
}

/** The main name of the certificate that a service shows: under another one a proxy may not answer. */
function nameShown(
  { secrets: uses }: Service,
  { secrets, certificates }: Pick<System, 'secrets' | 'certificates'>,
): string | undefined {
  return Object.values(uses)
    .flatMap(({ secret }) => {
      const format = secrets[secret]?.format;
      return format?.kind === 'certificate' ? (certificates[format.certificate]?.names ?? []) : [];
    })
    .at(0);
}

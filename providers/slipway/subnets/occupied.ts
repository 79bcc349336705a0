import { networkInterfaces } from 'node:os';
import { parseCidr } from '../../../config/plan/cidr.ts';
import { LABELS } from '../../../engine/labels.ts';
import type { Host } from '../host/host.ts';

/** Label of a record: the subnets that it reserves, with commas between. */
export const RESERVED = 'slipway.subnets';

/** A stack's reservation on a host: a volume that holds nothing, with labels. */
export interface Reservation {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly subnets: readonly string[];
}

/** Whether both sets of labels are of one stack of one checkout. */
export function sameOwner(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return [LABELS.instance, LABELS.stack].every((label) => a[label] !== undefined && a[label] === b[label]);
}

/** All reservations on the host. */
export async function reservations(host: Host): Promise<Reservation[]> {
  const { Volumes } = await host.docker.listVolumes({ filters: { label: [RESERVED] } });
  return Volumes.map(({ Name, Labels }) => ({
    name: Name,
    labels: Labels,
    subnets: (Labels[RESERVED] ?? '').split(',').filter((subnet) => subnet !== ''),
  }));
}

/** IPv4 subnets of the networks on the host, each with the labels of its network. */
export async function networkSubnets(
  host: Host,
): Promise<{ subnet: string; labels: Readonly<Record<string, string>> }[]> {
  const networks = await host.docker.listNetworks();
  return networks.flatMap(({ IPAM, Labels }) =>
    (IPAM?.Config ?? []).flatMap(({ Subnet }) =>
      Subnet !== undefined && parseCidr(Subnet) ? [{ subnet: Subnet, labels: Labels ?? {} }] : [],
    ),
  );
}

/** What this machine's interfaces are in, where the engine runs on this machine: networks that no engine knows of. */
export function interfaceSubnets(host: Host): string[] {
  if (!host.local) return [];
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).flatMap(({ family, cidr }) => (family === 'IPv4' && cidr !== null ? [cidr] : [])),
  );
}

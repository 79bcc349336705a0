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

/**
 * Gateways that the engine tells of a stack's networks, by network. It chooses them itself, and tells of them only once it
 * has been restarted: from then on a network that was to have none named would differ from what is there.
 *
 * @param labels of the stack's objects
 * @param subnets network → subnet
 */
export async function toldGateways(
  host: Host,
  labels: Readonly<Record<string, string>>,
  subnets: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const own = (await host.docker.listNetworks()).filter(({ Labels }) => sameOwner(Labels ?? {}, labels));
  const configs = own.flatMap(({ IPAM }) => IPAM?.Config ?? []);
  return Object.fromEntries(
    Object.entries(subnets).flatMap(([network, subnet]) => {
      const gateway = configs.find(({ Subnet }) => Subnet === subnet)?.Gateway;
      return gateway === undefined || gateway === '' ? [] : [[network, gateway]];
    }),
  );
}

/** What this machine's interfaces are in, where the engine runs on this machine: networks that no engine knows of. */
export function interfaceSubnets(host: Host): string[] {
  if (!host.local) return [];
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).flatMap(({ family, cidr }) => (family === 'IPv4' && cidr !== null ? [cidr] : [])),
  );
}

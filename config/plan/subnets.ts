import { formatCidr, overlaps, parseCidr, type Block } from './cidr.ts';

/** The smallest network, in addresses: a /29. */
const SMALLEST = 8;
/** What the engine takes of each network for itself: network address, broadcast address, gateway. */
const RESERVED = 3;

/** What {@link allocateSubnets} works from. */
export interface SubnetRequest {
  /** Where subnets are taken from, in CIDR notation. */
  readonly pool: string;
  /** Subnets in use by others, in CIDR notation; what isn't IPv4 is passed over. */
  readonly taken: readonly string[];
  /** Network → addresses that its containers need. */
  readonly wanted: Readonly<Record<string, number>>;
  /** Network → subnet that it has; it stays unless it has become too small. */
  readonly kept: Readonly<Record<string, string>>;
  /**
   * A number that shifts where in the pool the search begins (it wraps around), so that two stacks that allocate at the
   * same moment rarely pick the same. Default 0.
   */
  readonly start?: number;
}

/**
 * Gives each wanted network a subnet of the pool that overlaps no other: first fit, the largest first, the same answer
 * for the same request whatever the order of its keys. Subnets that are kept stay, even outside the pool.
 */
export function allocateSubnets(request: SubnetRequest): { subnets: Record<string, string> } | { problem: string } {
  const pool = parseCidr(request.pool);
  if (!pool) return { problem: `pool "${request.pool}" is not a block of IPv4 addresses such as 10.213.0.0/16` };
  const taken = request.taken.flatMap((cidr) => parseCidr(cidr) ?? []);
  const subnets = new Map<string, Block>();
  const missing: { name: string; size: number }[] = [];
  for (const [name, addresses] of Object.entries(request.wanted)) {
    const size = subnetSize(addresses);
    const kept = parseCidr(request.kept[name] ?? '');
    if (kept && kept.size >= size) subnets.set(name, kept);
    else missing.push({ name, size });
  }
  const occupied = [...taken, ...subnets.values()];
  missing.sort((a, b) => b.size - a.size || compare(a.name, b.name));
  for (const { name, size } of missing) {
    const block = firstFree(pool, size, occupied, request.start ?? 0);
    if (!block) return { problem: noRoom(request.pool, pool, name, size, taken) };
    subnets.set(name, block);
    occupied.push(block);
  }
  return {
    subnets: Object.fromEntries(
      [...subnets].sort(([a], [b]) => compare(a, b)).map(([name, block]) => [name, formatCidr(block)]),
    ),
  };
}

/** Addresses of the subnet for a network whose containers need `addresses`: a power of two. */
export function subnetSize(addresses: number): number {
  let size = SMALLEST;
  while (size < addresses + RESERVED) size *= 2;
  return size;
}

function firstFree(pool: Block, size: number, occupied: readonly Block[], start: number): Block | undefined {
  if (size > pool.size) return undefined;
  const shift = Math.floor((Math.abs(Math.trunc(start)) % pool.size) / size) * size;
  return (
    search(pool.first + shift, pool.first + pool.size, size, occupied) ??
    search(pool.first, pool.first + shift, size, occupied)
  );
}

/** The first free block of `size` from `from` (a multiple of `size`) that begins before `end`. */
function search(from: number, end: number, size: number, occupied: readonly Block[]): Block | undefined {
  let first = from;
  while (first < end) {
    const candidate = { first, size };
    const obstacle = occupied.find((block) => overlaps(candidate, block));
    if (!obstacle) return candidate;
    first = Math.ceil((obstacle.first + obstacle.size) / size) * size;
  }
  return undefined;
}

function noRoom(text: string, pool: Block, name: string, size: number, taken: readonly Block[]): string {
  const used = taken.filter((block) => overlaps(block, pool)).length;
  return (
    `pool ${text} (${pool.size} addresses) has no room for network "${name}" (a block of ${size}); ` +
    `${used} ${used === 1 ? 'subnet' : 'subnets'} of others ${used === 1 ? 'lies' : 'lie'} in it`
  );
}

/** Sorts by code unit: the same on every machine, whatever its locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

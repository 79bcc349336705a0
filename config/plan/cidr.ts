/** A block of IPv4 addresses: its first address and how many it holds. */
export interface Block {
  readonly first: number;
  readonly size: number;
}

/** Reads `10.0.0.0/16`; undefined if it is none. Bits beyond the prefix are dropped. */
export function parseCidr(text: string): Block | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const numbers = match.slice(1).map(Number);
  const prefix = numbers[4] ?? 33;
  const octets = numbers.slice(0, 4);
  if (prefix > 32 || octets.some((octet) => octet > 255)) return undefined;
  const size = 2 ** (32 - prefix);
  const address = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return { first: address - (address % size), size };
}

/** `10.0.0.0/16`. */
export function formatCidr({ first, size }: Block): string {
  const octets = [24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256);
  return `${octets.join('.')}/${32 - Math.log2(size)}`;
}

/** True if the blocks share an address. */
export function overlaps(a: Block, b: Block): boolean {
  return a.first < b.first + b.size && b.first < a.first + a.size;
}

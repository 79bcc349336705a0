import { z } from 'zod';

const UNITS = ['', 'k', 'm', 'g', 't'];

/** Reads `512m`, `1g`, `1.5g` (binary units) or a plain number of bytes; undefined if it is neither. */
export function parseBytes(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*(?:([kmgt])(?:i?b)?|b)?$/i.exec(text.trim()) ?? [];
  if (amount === undefined) return undefined;
  return Math.round(Number(amount) * 1024 ** UNITS.indexOf(unit.toLowerCase()));
}

/** Bytes in the largest unit that gives a whole number: `512m`, `1g`, `1000`. */
export function formatBytes(bytes: number): string {
  let unit = 0;
  let amount = bytes;
  while (amount >= 1024 && amount % 1024 === 0 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${amount}${UNITS[unit] ?? ''}`;
}

/** An amount of memory such as `512m`, in bytes once parsed. */
export const Bytes = z
  .union([z.number(), z.string()])
  .transform((value, context) => {
    const bytes = typeof value === 'number' ? value : parseBytes(value);
    if (bytes !== undefined && Number.isSafeInteger(bytes) && bytes > 0) return bytes;
    context.addIssue({ code: 'invalid_value', values: [], input: value });
    return z.NEVER;
  })
  .meta({ accepted: 'a size such as 512m or 1g, or a number of bytes', example: '512m' });
export type Bytes = z.output<typeof Bytes>;

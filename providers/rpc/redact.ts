import type { Decoded, Value } from './values.ts';
import { valueAt } from './values.ts';

/** Shorter texts are part of ordinary words; masking them would garble a message and tell more than it hides. */
const SHORTEST = 4;

/** A function that masks every secret of `decoded` in a text, also single lines of a secret of several lines. */
export function redactor(decoded: readonly Decoded[]): (text: string) => string {
  const texts = decoded.flatMap(({ values, secrets }) => secrets.flatMap((path) => textsOf(valueAt(values, path))));
  const lines = texts.flatMap((text) => [text, ...text.split('\n').map((line) => line.trim())]);
  // Longest first: a secret that is part of another one must not leave the rest of that one standing.
  const masked = [...new Set(lines)].filter((text) => text.length >= SHORTEST).sort((a, b) => b.length - a.length);
  return (text) => masked.reduce((masking, secret) => masking.replaceAll(secret, '[secret]'), text);
}

function textsOf(value: Value | undefined): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (typeof value === 'object' && value !== null)
    return Object.values(value as Record<string, Value>).flatMap(textsOf);
  return [];
}

import { z } from 'zod';

/** What Pulumi puts in a secret's place: with its JSON where it was asked to show it, else encrypted. */
const Secret = z.looseObject({ '4dabf18193072939515e22adb298388d': z.literal('1b47061264138c4ac30d75fd1eb44270') });
const Shown = z.looseObject({ plaintext: z.string() });

/** True for what the state keeps as a secret. */
export function isSecret(value: unknown): boolean {
  return Secret.safeParse(value).success;
}

/** A value of the state in clear; a secret that is not shown is undefined. */
export function revealed(value: unknown): unknown {
  if (isSecret(value)) {
    const shown = Shown.safeParse(value);
    return shown.success ? revealed(JSON.parse(shown.data.plaintext) as unknown) : undefined;
  }
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, revealed(below)]));
}

/** Whether a secret stands in a value that could not be decrypted. */
export function isHidden(value: unknown): boolean {
  return isSecret(value) && !Shown.safeParse(value).success;
}

/** What the user has configured for one stack, before anything is checked. */
export interface RawSettings {
  /** Pulumi's stack name. */
  readonly stack: string;
  /** Keys of the namespace `slipway`, without the prefix; lists and maps already parsed, scalars as text. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Names that are set in the namespace `secrets`; their values stay where they are. */
  readonly providedSecrets: readonly string[];
  /** Those of them whose values stand in clear. */
  readonly clearSecrets?: readonly string[];
  /** True: secrets that are still to be set are no problem yet, since a command asks that is there to set them. */
  readonly acceptsMissingSecrets?: boolean;
  /** Services that alone are to run, with those that they wait for; absent: all. From the command line, never from a file. */
  readonly only?: readonly string[];
  /** Keys of the namespace `slipway` that hold something encrypted, which is no place for it. */
  readonly encrypted?: readonly string[];
}

/** Pulumi hands lists and maps over as JSON and everything else as it was written. */
export function parseValue(value: string): unknown {
  if (!value.startsWith('{') && !value.startsWith('[')) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value; // A text that only begins like JSON: the schema says what is wrong with it.
  }
}

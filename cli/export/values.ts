import { renderTemplate, templateSecrets } from '../../config/plan/template.ts';
import type { PlannedSecret, SecretFormat } from '../../config/plan/types.ts';

/** What a stack's own authority has issued, in PEM: see components/certificates.ts. */
export interface Issued {
  /** Certificate of the authority; absent: there is none yet. */
  readonly authority?: string;
  /** What it has signed, by name, without its own certificate. */
  readonly certificates: ReadonlyMap<string, string>;
  /** Private keys in PKCS#8, by the names of their certificates. */
  readonly keys: ReadonlyMap<string, string>;
}

/** What is known of a stack's secrets, by name. */
export interface KnownSecrets {
  /** What the state keeps of those that were generated: a password, or random bytes as hex digits. */
  readonly generated: ReadonlyMap<string, string>;
  /** What somebody has set in the configuration. */
  readonly provided: ReadonlyMap<string, string>;
  /** What the state keeps of certificates and their keys; absent: the plan has none. */
  readonly issued?: Issued;
}

/** The values of a plan's secrets by name, and the names of those that nothing is known of, sorted. */
export interface SecretValues {
  readonly values: ReadonlyMap<string, string>;
  readonly missing: readonly string[];
}

/** The values that the stack delivers to its services: as components/secrets.ts makes them, from what is known. */
export function secretValues(planned: readonly PlannedSecret[], known: KnownSecrets): SecretValues {
  const byName = new Map(planned.map((secret) => [secret.name, secret]));
  const missing = new Set<string>();
  const valueOf = ({ name, source, format }: PlannedSecret): string | undefined => {
    if (source === 'missing') return undefined; // No service that runs gets it.
    if (source === 'provided' || format.kind !== 'template') {
      const found = knownValue({ name, source, format }, known);
      if (found === undefined) missing.add(name);
      return found;
    }
    const parts = templateSecrets(format.template).flatMap((part) => {
      const secret = byName.get(part);
      return secret ? [[part, valueOf(secret)] as const] : [];
    });
    if (parts.some(([, value]) => value === undefined)) return undefined;
    return renderTemplate(format.template, Object.fromEntries(parts) as Record<string, string>);
  };
  const values = planned.map((secret) => [secret.name, valueOf(secret)] as const);
  return {
    values: new Map(values.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    missing: [...missing].sort(),
  };
}

/** The value of a secret that is not built from others; undefined: nothing is known of it. */
function knownValue(
  { name, source, format }: Pick<PlannedSecret, 'name' | 'source' | 'format'>,
  { provided, generated, issued }: KnownSecrets,
): string | undefined {
  if (source === 'provided') return provided.get(name);
  if (format.kind === 'ca-certificate') return issued?.authority;
  if ('certificate' in format) {
    if (format.kind === 'private-key') return issued?.keys.get(format.certificate);
    const certificate = issued?.certificates.get(format.certificate);
    return certificate === undefined || issued?.authority === undefined ? undefined : certificate + issued.authority;
  }
  const kept = generated.get(name);
  return kept === undefined || format.kind === 'template' ? undefined : generatedValue(format, kept);
}

/** A generated value in its format, from what the state keeps of it. */
function generatedValue(format: Extract<SecretFormat, { kind: 'password' } | { bytes: number }>, kept: string): string {
  const base64 = (): string => Buffer.from(kept, 'hex').toString('base64');
  switch (format.kind) {
    case 'password':
    case 'hex':
      return kept;
    case 'base64':
      return base64();
    case 'laravel-key':
      return `base64:${base64()}`;
    default:
      return format satisfies never;
  }
}

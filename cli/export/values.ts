import { renderTemplate, templateSecrets } from '../../config/plan/template.ts';
import type { PlannedSecret, SecretFormat } from '../../config/plan/types.ts';

/** What is known of a stack's secrets, by name. */
export interface KnownSecrets {
  /** What the state keeps of those that were generated: a password, or random bytes as hex digits. */
  readonly generated: ReadonlyMap<string, string>;
  /** What somebody has set in the configuration. */
  readonly provided: ReadonlyMap<string, string>;
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
      const found = source === 'provided' ? known.provided.get(name) : known.generated.get(name);
      if (found === undefined) missing.add(name);
      return found === undefined || source === 'provided' ? found : generatedValue(format, found);
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

/** A generated value in its format, from what the state keeps of it. */
function generatedValue(format: SecretFormat, kept: string): string {
  const base64 = (): string => Buffer.from(kept, 'hex').toString('base64');
  switch (format.kind) {
    case 'password':
    case 'hex':
      return kept;
    case 'base64':
      return base64();
    case 'laravel-key':
      return `base64:${base64()}`;
    case 'template':
      throw new Error('a template is derived, not generated');
    default:
      return format satisfies never;
  }
}

import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';
import { renderTemplate, templateSecrets } from '../config/plan/template.ts';
import type { PlannedSecret, SecretFormat } from '../config/plan/types.ts';
import { issuedValue, type IssuedPems } from './certificates.ts';

/** The formats whose values are made here, once. */
type GeneratedFormat = Extract<SecretFormat, { kind: 'password' } | { bytes: number }>;

/** Where values come from that are not made here. */
export interface SecretSources {
  /** Reads a secret that somebody has set in the stack's configuration. */
  readonly provided: (name: string) => pulumi.Output<string>;
  /** What the stack's own authority has issued; absent: it has none. */
  readonly issued?: IssuedPems | undefined;
  /** Values of an earlier release, by name, which win over all others. */
  readonly earlier?: Readonly<Record<string, string>> | undefined;
}

/**
 * The values of a plan's secrets by name, all marked secret: set in the stack's configuration, or generated once and
 * kept in the encrypted state, or issued by the stack's own authority, or derived from others. Generated ones are
 * protected: `down` keeps them with the data that was written under them.
 */
export function secretValues(
  planned: readonly PlannedSecret[],
  { provided, issued, earlier = {} }: SecretSources,
  parent: pulumi.Resource,
): ReadonlyMap<string, pulumi.Output<string>> {
  const byName = new Map(planned.map((secret) => [secret.name, secret]));
  const values = new Map<string, pulumi.Output<string>>();
  const valueOf = (secret: PlannedSecret): pulumi.Output<string> => {
    const known = values.get(secret.name);
    if (known) return known;
    // Made all the same: what is generated is protected, and stays.
    const made = makeValue(secret);
    const value = pulumi.secret(earlier[secret.name] ?? made);
    values.set(secret.name, value);
    return value;
  };
  const makeValue = (secret: PlannedSecret): pulumi.Output<string> => {
    const { name, source, format } = secret;
    if (isGenerated(format)) {
      // Made though another is set: what is protected can't go from the state just because a person sets a value.
      const made = secret.providedOnly === true ? undefined : generated(name, format, parent);
      return made !== undefined && source === 'generated' ? made : provided(name);
    }
    if (source === 'provided') return provided(name);
    return format.kind === 'template' ? derived(format.template) : issuedValue(format, issued);
  };
  const derived = (template: string): pulumi.Output<string> => {
    const parts = templateSecrets(template).flatMap((each) => {
      const part = byName.get(each);
      return part ? [[each, valueOf(part)] as const] : [];
    });
    return pulumi.all(Object.fromEntries(parts)).apply((known) => renderTemplate(template, known));
  };
  // What is missing nobody gets: the rules have seen to that.
  planned.filter(({ source }) => source !== 'missing').forEach(valueOf);
  return values;
}

function isGenerated(format: SecretFormat): format is GeneratedFormat {
  return ['password', 'base64', 'hex', 'laravel-key'].includes(format.kind);
}

/** A value made once; a changed format makes a new one. */
function generated(name: string, format: GeneratedFormat, parent: pulumi.Resource): pulumi.Output<string> {
  const opts = { parent, protect: true };
  switch (format.kind) {
    case 'password':
      // Letters and digits only: what goes into URLs, shells and configuration files needs no quoting anywhere.
      return new random.RandomPassword(name, { length: format.length, special: false }, opts).result;
    case 'base64':
      return randomBytes(name, format.bytes, opts).apply((bytes) => bytes.toString('base64'));
    case 'hex':
      return randomBytes(name, format.bytes, opts).apply((bytes) => bytes.toString('hex'));
    case 'laravel-key':
      return randomBytes(name, format.bytes, opts).apply((bytes) => `base64:${bytes.toString('base64')}`);
    default:
      return format satisfies never;
  }
}

/** Random bytes out of a password of hex digits: RandomBytes has its value for an id, which stands in clear in the state. */
function randomBytes(name: string, bytes: number, opts: pulumi.CustomResourceOptions): pulumi.Output<Buffer> {
  const digits = { special: true, overrideSpecial: 'abcdef', upper: false, lower: false };
  const { result } = new random.RandomPassword(name, { length: 2 * bytes, ...digits }, opts);
  return result.apply((hex) => Buffer.from(hex, 'hex'));
}

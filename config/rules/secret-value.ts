import { createPrivateKey, X509Certificate } from 'node:crypto';
import { templateReferences } from '../plan/template.ts';
import { issuePath } from '../plan/resolution.ts';
import type { Issue, PlannedSecret, SecretFormat } from '../plan/types.ts';
import { error } from './rule.ts';

/** The fewest characters of a password that a person sets. */
const SHORTEST_PASSWORD = 8;

/** What is wrong with a value that somebody wants a secret to have, and what would be accepted; never the value. */
export interface ValueProblem {
  readonly message: string;
  readonly accepted: string;
}

/**
 * Judges a value by the format of its secret, and by what the secret is for. Pure.
 * @param planned all secrets of the plan: those that are built from this one have a say
 */
export function judgeValue(
  secret: PlannedSecret,
  value: string,
  planned: readonly PlannedSecret[],
): ValueProblem | undefined {
  if (value === '') return { message: 'is empty', accepted: 'a value' };
  if (value.includes('\0')) return { message: 'holds a NUL character', accepted: 'text' };
  const reason = singleLineReason(secret, planned);
  if (reason !== undefined && /[\n\r]/.test(value)) {
    return { message: `has several lines, and ${reason}`, accepted: 'a single line' };
  }
  return formatProblem(secret, value);
}

/** Why a secret has to be a single line; undefined: it need not be. */
export function singleLineReason(
  { name, format, postgresRole }: PlannedSecret,
  planned: readonly PlannedSecret[],
): string | undefined {
  if (postgresRole) return `is the password of a role in ${postgresRole.service}`;
  const user = planned.find(
    (other) =>
      other.format.kind === 'template' &&
      // What is digested does not stand there itself.
      templateReferences(other.format.template).some(({ secret, filter }) => secret === name && filter !== 'sha256'),
  );
  if (user) return `is part of ${user.name}`;
  return ONE_LINE.includes(format.kind) ? `its format is ${format.kind}` : undefined;
}

/** Formats whose values have no line breaks. */
const ONE_LINE: readonly SecretFormat['kind'][] = ['password', 'base64', 'hex', 'laravel-key'];

/**
 * Everything that is wrong with values that somebody has set, by the names of secrets; no issue shows one. Certificates
 * and their keys have rules of their own (certificate-values.ts).
 */
export function checkValues(planned: readonly PlannedSecret[], values: ReadonlyMap<string, string>): Issue[] {
  return planned.flatMap((secret) => {
    const value = isOfCertificate(secret) ? undefined : values.get(secret.name);
    const problem = value === undefined ? undefined : judgeValue(secret, value, planned);
    return problem ? [error(issuePath('secrets', [secret.name]), problem.message, problem.accepted)] : [];
  });
}

function isOfCertificate({ format }: PlannedSecret): boolean {
  return ['certificate', 'private-key', 'ca-certificate'].includes(format.kind);
}

function formatProblem({ format }: PlannedSecret, value: string): ValueProblem | undefined {
  switch (format.kind) {
    case 'password':
      return value.length >= SHORTEST_PASSWORD
        ? undefined
        : { message: 'is too short', accepted: `at least ${SHORTEST_PASSWORD} characters` };
    case 'base64':
      return bytesProblem(fromBase64(value), format.bytes, 'in base64');
    case 'hex':
      return bytesProblem(/^[0-9a-f]*$/i.test(value) ? Buffer.from(value, 'hex') : undefined, format.bytes, 'in hex');
    case 'laravel-key': {
      const [, key] = /^base64:(.*)$/.exec(value) ?? [];
      return bytesProblem(
        key === undefined ? undefined : fromBase64(key),
        format.bytes,
        'in base64 after the text "base64:"',
      );
    }
    case 'certificate':
    case 'ca-certificate':
      return isCertificates(value) ? undefined : { message: 'is no certificate', accepted: 'certificates in PEM' };
    case 'private-key':
      return isPrivateKey(value)
        ? undefined
        : { message: 'is no private key', accepted: 'a private key in PEM, without a passphrase' };
    case 'template':
      return undefined;
    default:
      return format satisfies never;
  }
}

function bytesProblem(bytes: Buffer | undefined, wanted: number, encoding: string): ValueProblem | undefined {
  if (bytes?.length === wanted) return undefined;
  const message = bytes === undefined ? `is not ${encoding}` : `is ${bytes.length} bytes ${encoding}`;
  return { message, accepted: `${wanted} bytes ${encoding}` };
}

/** Bytes of base64 as RFC 4648 has it, padding included; undefined: it is something else. */
function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function isCertificates(text: string): boolean {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.map((block) => new X509Certificate(block)).length > 0;
  } catch {
    return false;
  }
}

function isPrivateKey(text: string): boolean {
  try {
    return createPrivateKey(text).type === 'private';
  } catch {
    return false;
  }
}

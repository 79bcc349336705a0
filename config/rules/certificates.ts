import { issuePath } from '../plan/resolution.ts';
import type { Issue } from '../plan/types.ts';
import type { SecretFormat } from '../schema/secret.ts';
import type { System } from '../schema/system.ts';
import { error, warning, type Rule } from './rule.ts';
import { unknownName } from './suggest.ts';

/**
 * Labels of letters, digits and hyphens, the first of them perhaps a `*`; the last is no number, or it is an address. Right
 * below a top-level name clients take no `*`; below localhost, which nobody else has, some do.
 */
const DNS_NAME =
  /^(?=.{1,253}$)(?:\*\.(?=.*\.|localhost$))?(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)*(?![0-9]+$)(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/** Certificates are used, for names that there can be, and renewed while they hold; their secrets belong together. */
export const checkCertificates: Rule = ({ system, providedSecrets, acceptsMissingSecrets = false }) => [
  ...Object.entries(system.secrets).flatMap(([name, { format }]) => checkReference(system, name, format)),
  ...Object.keys(system.certificates).flatMap((name) => [
    ...checkCertificate(system, name),
    ...(acceptsMissingSecrets ? [] : checkPair(system, name, providedSecrets)),
  ]),
];

function checkReference(system: System, secret: string, format: SecretFormat): Issue[] {
  const name = certificateOf(format);
  if (name === undefined || Object.hasOwn(system.certificates, name)) return [];
  const known = Object.keys(system.certificates);
  const key = format.kind === 'ca-certificate' ? 'of' : 'certificate';
  const path = [system.name, 'secrets', secret, 'format', key] as const;
  return [unknownName(path, { noun: 'certificate', name, known })];
}

function checkCertificate(system: System, name: string): Issue[] {
  const certificate = system.certificates[name];
  if (!certificate) return [];
  const { names, validityDays, renewalDays } = certificate;
  const path = (...keys: PropertyKey[]): string => issuePath(system.name, ['certificates', name, ...keys]);
  const isUsed = Object.values(system.secrets).some(
    ({ format }) => format.kind !== 'ca-certificate' && certificateOf(format) === name,
  );
  return [
    ...names.flatMap((each, index) =>
      DNS_NAME.test(each)
        ? []
        : [
            error(
              path('names', index),
              `"${each}" is no DNS name`,
              'a name such as postgres, localhost, api.example.com or *.example.com, in lower case',
            ),
          ],
    ),
    ...(renewalDays !== undefined && renewalDays >= validityDays
      ? [
          error(
            path('renewalDays'),
            `${renewalDays} days before the end of ${validityDays} days would be every \`up\``,
            `1 to ${validityDays - 1}`,
          ),
        ]
      : []),
    ...(isUsed
      ? []
      : [
          warning(
            path(),
            'no secret is made of it, so nobody gets it',
            `a secret whose format is { kind: 'certificate', certificate: '${name}' }`,
          ),
        ]),
  ];
}

/** Somebody's own certificate with a key or an authority of ours, or the other way round, can't fit. */
function checkPair(system: System, certificate: string, provided: readonly string[]): Issue[] {
  const parts = Object.entries(system.secrets)
    .filter(([, { format }]) => certificateOf(format) === certificate)
    .map(([name, secret]) => ({ name, isProvidedOnly: secret.provided }));
  const set = parts.filter(({ name }) => provided.includes(name)).map(({ name }) => name);
  // What is a third party's and not set is reported as that.
  const unset = parts.filter(({ name, isProvidedOnly }) => !provided.includes(name) && !isProvidedOnly);
  if (set.length === 0) return [];
  return unset.map(({ name }) =>
    error(
      issuePath('secrets', [name]),
      `is not set, and ${set.join(', ')} of the same certificate "${certificate}" is: one that the stack makes can't fit`,
      `\`slipway secrets set ${name}\`, or none of them set`,
    ),
  );
}

/** The certificate that a secret of this format is made of, or is there to verify. */
function certificateOf(format: SecretFormat): string | undefined {
  if (format.kind === 'ca-certificate') return format.of;
  return format.kind === 'certificate' || format.kind === 'private-key' ? format.certificate : undefined;
}

import type { Certificate } from '../schema/certificate.ts';
import type { System } from '../schema/system.ts';
import { sortedEntries, sortedSet } from './sort.ts';
import type { PlannedCertificate, PlannedCertificates, PlannedSecret } from './types.ts';

/**
 * How long an authority holds, in days: longer than what it signs by far, since a new one is one that everybody who
 * verifies has to be told of.
 */
const AUTHORITY_DAYS = 3650;

/** A common name has at most so many characters (RFC 5280, ub-common-name). */
const LONGEST_COMMON_NAME = 64;

/**
 * The stack's own authority and what it signs; undefined for a system that declares no certificates. The authority is
 * there even if somebody has set every value: it is kept for good once it is made.
 */
export function plannedCertificates(
  system: Pick<System, 'certificates' | 'secrets'>,
  secrets: readonly PlannedSecret[],
  prefix: string,
): PlannedCertificates | undefined {
  const isWanted =
    Object.keys(system.certificates).length > 0 || secrets.some(({ format }) => format.kind === 'ca-certificate');
  if (!isWanted) return undefined;
  const described = sortedEntries(system.certificates);
  const having = (source: PlannedSecret['source']): typeof described =>
    described.filter(([name]) =>
      secrets.some(
        (secret) => secret.source === source && 'certificate' in secret.format && secret.format.certificate === name,
      ),
    );
  return {
    authority: { commonName: `${prefix} CA`, validityDays: AUTHORITY_DAYS },
    issued: having('issued').map(([name, certificate]) => issuedCertificate(name, certificate)),
    provided: having('provided').map(([name, { names }]) => ({ name, names: sortedSet(names) })),
  };
}

function issuedCertificate(name: string, certificate: Certificate): PlannedCertificate {
  const { description, names, usage, validityDays, renewalDays } = certificate;
  return {
    name,
    description,
    commonName: names.find((each) => each.length <= LONGEST_COMMON_NAME) ?? name,
    names: sortedSet(names),
    usage,
    validityDays,
    renewalDays: renewalDays ?? defaultRenewalDays(validityDays),
  };
}

/** A third of its life, as public authorities have it: with 365 days an `up` in any of the last four months renews it. */
function defaultRenewalDays(validityDays: Certificate['validityDays']): number {
  return Math.floor(validityDays / 3);
}

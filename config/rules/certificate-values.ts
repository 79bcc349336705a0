import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { issuePath } from '../plan/resolution.ts';
import type { Issue, Plan, PlannedSecret } from '../plan/types.ts';
import { error, warning } from './rule.ts';

const DAY_MS = 86_400_000;

/** A certificate that ends sooner is worth a warning: a month is what a person needs who has to ask for another. */
export const SOON_DAYS = 30;

const CHAIN = 'the certificate and its chain in PEM, its own first, each followed by the one that has signed it';

/** A value that somebody has set, and the name of its secret. No issue shows the value. */
export interface SetValue {
  readonly secret: string;
  readonly pem: string;
}

/** A certificate of somebody's own, as far as it is set, and what it is for. */
export interface SetCertificate {
  readonly certificate?: SetValue | undefined;
  readonly privateKey?: SetValue | undefined;
  /** What clients verify it with, one certificate or several in a row. */
  readonly authority?: SetValue | undefined;
  /** DNS names that clients ask for. */
  readonly names: readonly string[];
}

/**
 * Everything that is wrong with the certificates and authorities that somebody has set.
 * @param values what is set, by the names of secrets
 */
export function checkSetCertificates(
  { secrets, certificates }: Pick<Plan, 'secrets' | 'certificates'>,
  values: ReadonlyMap<string, string>,
  now: Date,
): Issue[] {
  const set = (matches: (format: PlannedSecret['format']) => boolean): SetValue[] =>
    secrets.flatMap(({ name, source, format }) => {
      const pem = values.get(name);
      return source === 'provided' && pem !== undefined && matches(format) ? [{ secret: name, pem }] : [];
    });
  return [
    ...(certificates?.provided ?? []).flatMap(({ name, names }) => {
      const [certificate] = set((format) => format.kind === 'certificate' && format.certificate === name);
      const [privateKey] = set((format) => format.kind === 'private-key' && format.certificate === name);
      const [authority] = set((format) => format.kind === 'ca-certificate' && format.of === name);
      return checkSetCertificate({ certificate, privateKey, authority, names }, now);
    }),
    ...set(({ kind }) => kind === 'ca-certificate').flatMap((value) => checkSetAuthority(value, now)),
  ];
}

/**
 * Everything that is wrong with a certificate of somebody's own at the time `now`: it does not parse, its chain is out of
 * order, it has expired or soon will, is for other names, the key is another's, or the authority has not signed it.
 */
export function checkSetCertificate({ certificate, privateKey, authority, names }: SetCertificate, now: Date): Issue[] {
  const chain = certificate && readChain(certificate);
  const key = privateKey && readKey(privateKey);
  const [leaf] = chain?.certificates ?? [];
  return [
    ...(chain?.issues ?? []),
    ...(key?.issues ?? []),
    ...(certificate && leaf
      ? [
          ...checkOrder(certificate.secret, chain?.certificates ?? []),
          ...checkTimes(certificate.secret, chain?.certificates ?? [], now),
          ...checkNames(certificate.secret, leaf, names),
          ...(authority ? checkAuthority(certificate.secret, chain?.certificates ?? [], authority) : []),
        ]
      : []),
    ...(privateKey && leaf && key?.key && !leaf.checkPrivateKey(key.key)
      ? [
          error(
            pathOf(privateKey.secret),
            `is not the key of ${certificate?.secret ?? 'the certificate'}`,
            'the private key that the certificate was made for',
          ),
        ]
      : []),
  ];
}

/** Everything that is wrong with certificates of authorities that somebody has set, one or several in a row. */
export function checkSetAuthority(value: SetValue, now: Date): Issue[] {
  const { certificates, issues } = readChain(value);
  return [
    ...issues,
    ...certificates.flatMap((each, at) =>
      each.ca
        ? []
        : [
            error(
              pathOf(value.secret),
              `${ordinal(at, certificates.length)} is no certificate of an authority`,
              'the certificate of whoever has signed the others, in PEM',
            ),
          ],
    ),
    ...checkTimes(value.secret, certificates, now),
  ];
}

function readChain({ secret, pem }: SetValue): ReadCertificates {
  return readCertificates(pem, pathOf(secret), CHAIN);
}

/** Certificates that were read, or what keeps them from that. */
export interface ReadCertificates {
  readonly certificates: X509Certificate[];
  readonly issues: Issue[];
}

/** Certificates in PEM, one or several in a row, as they stand at `path` where `accepted` is wanted. */
export function readCertificates(pem: string, path: string, accepted: string): ReadCertificates {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) {
    return { certificates: [], issues: [error(path, 'holds no certificate in PEM', accepted)] };
  }
  const read = blocks.map((block) => parsed(() => new X509Certificate(block)));
  const issues = read.flatMap((one, at) =>
    one ? [] : [error(path, `${ordinal(at, blocks.length)} can't be read`, accepted)],
  );
  // What stands beside one that can't be read is judged once that can.
  return { certificates: issues.length > 0 ? [] : read.filter((one) => one !== undefined), issues };
}

function readKey({ secret, pem }: SetValue): { key?: KeyObject; issues: Issue[] } {
  const key = parsed(() => createPrivateKey(pem));
  if (key) return { key, issues: [] };
  const accepted = 'a private key in PEM (PKCS#8, PKCS#1 or SEC 1), without a passphrase';
  return { issues: [error(pathOf(secret), 'is no private key that can be read', accepted)] };
}

/** Errors of the cryptographic library are dropped: they may show what they could not read. */
function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

function checkOrder(secret: string, chain: readonly X509Certificate[]): Issue[] {
  return chain.slice(1).flatMap((issuer, at) => {
    const signed = chain[at];
    if (!signed || (signed.checkIssued(issuer) && signed.verify(issuer.publicKey))) return [];
    const message = `${ordinal(at + 1, chain.length)} has not signed the one before it`;
    return [error(pathOf(secret), message, CHAIN)];
  });
}

/** The chain ends at the authority that clients know, or with it. What can't be read there is reported elsewhere. */
function checkAuthority(secret: string, chain: readonly X509Certificate[], authority: SetValue): Issue[] {
  const known = readChain(authority).certificates;
  const last = chain.at(-1);
  const isVerified = known.some(
    (issuer) =>
      last &&
      (last.fingerprint256 === issuer.fingerprint256 || (last.checkIssued(issuer) && last.verify(issuer.publicKey))),
  );
  if (known.length === 0 || isVerified) return [];
  return [
    error(
      pathOf(authority.secret),
      `has not signed ${chain.length === 1 ? secret : `the last certificate of ${secret}`}`,
      'the certificate of the authority that has',
    ),
  ];
}

function checkTimes(secret: string, chain: readonly X509Certificate[], now: Date): Issue[] {
  return chain.flatMap((one, at) => {
    const which = ordinal(at, chain.length);
    const [begin, end] = [one.validFromDate, one.validToDate];
    if (end <= now) return [error(pathOf(secret), `${which} expired on ${day(end)}`, 'one that is valid')];
    if (begin > now) return [error(pathOf(secret), `${which} is not valid before ${day(begin)}`, 'one that is valid')];
    const left = Math.floor((end.getTime() - now.getTime()) / DAY_MS);
    if (left >= SOON_DAYS) return [];
    const days = left === 1 ? '1 day' : `${left} days`;
    return [
      warning(
        pathOf(secret),
        `${which} expires on ${day(end)}, in ${days}`,
        `a new one: \`slipway secrets set ${secret}\``,
      ),
    ];
  });
}

/**
 * Names with a dot are those that somebody from outside asks for. The others, of containers on networks of the stack's own,
 * no public authority signs: they count where there are no others.
 */
function checkNames(secret: string, leaf: X509Certificate, names: readonly string[]): Issue[] {
  const outside = names.filter((name) => name.includes('.'));
  const wanted = outside.length > 0 ? outside : names;
  const uncovered = wanted.filter(
    (name) => leaf.checkHost(name.replace(/^\*/, 'any'), { subject: 'never' }) === undefined,
  );
  if (uncovered.length === 0) return [];
  return [
    error(
      pathOf(secret),
      `is not good for ${uncovered.join(', ')}, but for ${leaf.subjectAltName?.replaceAll('DNS:', '') ?? 'no DNS name'}`,
      `one for ${wanted.join(', ')}`,
    ),
  ];
}

/** `certificate 2 of 3`, counted from 0; of one alone there is no counting. */
export function ordinal(at: number, of: number): string {
  return of === 1 ? 'the certificate' : `certificate ${at + 1} of ${of}`;
}

/** A date as certificates are spoken of. */
export function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function pathOf(secret: string): string {
  return issuePath('secrets', [secret]);
}

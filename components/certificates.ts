import * as pulumi from '@pulumi/pulumi';
import * as tls from '@pulumi/tls';
import type { PlannedCertificate, PlannedCertificates, SecretFormat } from '../config/plan/types.ts';

/** In capitals, so that no certificate of a description is called the same. */
const AUTHORITY = 'CA';

/** What every TLS library of the last ten years takes, and the least work to sign with. */
const KEY: tls.PrivateKeyArgs = { algorithm: 'ECDSA', ecdsaCurve: 'P256' };

const HOURS = 24;

/** What a stack's authority has issued, in PEM. */
export interface IssuedPems {
  /** The authority's own certificate. */
  readonly authority: pulumi.Output<string>;
  /** By the certificates' names. */
  readonly pairs: ReadonlyMap<string, IssuedPair>;
}

/** A certificate and the key that goes with it. */
export interface IssuedPair {
  /** Followed by that of the authority. */
  readonly certificate: pulumi.Output<string>;
  /** In PKCS#8. */
  readonly privateKey: pulumi.Output<string>;
}

interface Authority {
  readonly key: tls.PrivateKey;
  readonly certificate: tls.SelfSignedCert;
}

/**
 * Makes the stack's own authority and what it signs. The authority is protected: `down` keeps it with the generated
 * secrets, so that whoever trusts it need not be told of another. What it signs comes and goes.
 */
export function issueCertificates({ authority, issued }: PlannedCertificates, parent: pulumi.Resource): IssuedPems {
  const made = makeAuthority(authority, { parent, protect: true });
  return {
    authority: made.certificate.certPem,
    pairs: new Map(issued.map((certificate) => [certificate.name, issue(certificate, made, { parent })])),
  };
}

function makeAuthority(
  { commonName, validityDays }: PlannedCertificates['authority'],
  opts: pulumi.CustomResourceOptions,
): Authority {
  const key = new tls.PrivateKey(AUTHORITY, KEY, opts);
  const certificate = new tls.SelfSignedCert(
    AUTHORITY,
    {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName },
      isCaCertificate: true,
      validityPeriodHours: validityDays * HOURS,
      allowedUses: ['cert_signing', 'crl_signing'],
    },
    opts,
  );
  return { key, certificate };
}

/** Other names make another request, and that another certificate; the key stays. */
function issue(planned: PlannedCertificate, authority: Authority, opts: pulumi.CustomResourceOptions): IssuedPair {
  const { name, commonName, names, usage, validityDays, renewalDays } = planned;
  const key = new tls.PrivateKey(name, KEY, opts);
  const request = new tls.CertRequest(
    name,
    { privateKeyPem: key.privateKeyPem, subject: { commonName }, dnsNames: [...names] },
    opts,
  );
  const certificate = new tls.LocallySignedCert(
    name,
    {
      certRequestPem: request.certRequestPem,
      caCertPem: authority.certificate.certPem,
      caPrivateKeyPem: authority.key.privateKeyPem,
      validityPeriodHours: validityDays * HOURS,
      earlyRenewalHours: renewalDays * HOURS,
      allowedUses: ['digital_signature', usage === 'server' ? 'server_auth' : 'client_auth'],
      setSubjectKeyId: true,
    },
    opts,
  );
  return {
    certificate: pulumi.concat(certificate.certPem, authority.certificate.certPem),
    privateKey: key.privateKeyPemPkcs8,
  };
}

/** The value of an issued secret. @throws Error for one that names no certificate; the rules have excluded that */
export function issuedValue(
  format: Extract<SecretFormat, { kind: 'ca-certificate' } | { certificate: string }>,
  issued: IssuedPems | undefined,
): pulumi.Output<string> {
  if (!issued) throw new Error('the plan has no certificates to make a secret of');
  if (format.kind === 'ca-certificate') return issued.authority;
  const pair = issued.pairs.get(format.certificate);
  if (!pair) throw new Error(`the plan has no certificate "${format.certificate}"`);
  return format.kind === 'certificate' ? pair.certificate : pair.privateKey;
}

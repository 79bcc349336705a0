import { block, flag, integer, list, text } from '../schema/attribute.ts';
import { USES } from './uses.ts';

const replace = 'always';

const pem = () => text({ required: true, replace });
const names = () => list({ replace });
/* An empty `organization` in the state would be another subject to the official plugin, and so another certificate. */
const subject = () =>
  block({ commonName: text({ replace }), organization: text({ replace }) }, { replace, keptAsGiven: true });

const oneOf = (known: readonly string[]) => ({
  what: known.join(', '),
  test: (value: string) => known.includes(value),
});

/** Curves that keys can have here: the official plugin's own default, P224, is none that a TLS client takes. */
export const CURVES = ['P256', 'P384', 'P521'] as const;

/** tls:index/privateKey:PrivateKey. */
export const PRIVATE_KEY = {
  algorithm: text({ required: true, replace, accepts: oneOf(['ECDSA', 'ED25519', 'RSA']) }),
  ecdsaCurve: text({ default: 'P224', replace, accepts: oneOf(CURVES) }),
  rsaBits: integer({
    default: 2048,
    replace,
    accepts: { what: '1024 to 16384', test: (bits) => bits >= 1024 && bits <= 16_384 },
  }),
} as const;

const hours = () => ({ accepts: { what: '0 or more', test: (count: number) => count >= 0 } });

/** What a certificate of either kind says besides its subject. */
const CERTIFICATE = {
  allowedUses: list({
    required: true,
    replace,
    accepts: { what: `any of ${USES.join(', ')}`, test: (uses) => uses.every((use) => USES.includes(use)) },
  }),
  earlyRenewalHours: integer({ default: 0, ...hours() }),
  isCaCertificate: flag({ default: false, replace }),
  setSubjectKeyId: flag({ default: false, replace }),
  validityPeriodHours: integer({ required: true, replace, ...hours() }),
} as const;

/** tls:index/selfSignedCert:SelfSignedCert. */
export const SELF_SIGNED = {
  ...CERTIFICATE,
  dnsNames: names(),
  privateKeyPem: pem(),
  setAuthorityKeyId: flag({ default: false, replace }),
  subject: subject(),
} as const;

/** tls:index/certRequest:CertRequest. */
export const REQUEST = { dnsNames: names(), privateKeyPem: pem(), subject: subject() } as const;

/** tls:index/locallySignedCert:LocallySignedCert. */
export const LOCALLY_SIGNED = {
  ...CERTIFICATE,
  caCertPem: pem(),
  caPrivateKeyPem: pem(),
  certRequestPem: pem(),
} as const;

import { createHash, randomBytes, X509Certificate, type KeyObject } from 'node:crypto';
import type * as library from '@peculiar/x509';
import type { Extension, JsonName, PublicKey } from '@peculiar/x509';
import type { Values } from '../../rpc/index.ts';
import type { CompleteInputs } from '../schema/attribute.ts';
import { signingKeys, type SigningKeys } from './keys.ts';
import { validity } from './renewal.ts';
import type { LOCALLY_SIGNED, REQUEST, SELF_SIGNED } from './schema.ts';
import { extendedKeyUsages, keyUsages } from './uses.ts';

/** What a resource is once it is made. */
export interface Issued {
  readonly id: string;
  readonly outputs: Values;
}

type SelfSigned = CompleteInputs<typeof SELF_SIGNED>;
type LocallySigned = CompleteInputs<typeof LOCALLY_SIGNED>;
type Request = CompleteInputs<typeof REQUEST>;
type X509 = typeof library;

const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';

/** Loaded once it is needed: it takes long, and most stacks have no certificates. It wants the polyfill to be there first. */
async function load(): Promise<X509> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

/** A certificate signed with its own key. @throws Error for a key that can't be used */
export async function selfSigned(inputs: SelfSigned): Promise<Issued> {
  const x509 = await load();
  const keys = signingKeys(inputs.privateKeyPem, 'privateKeyPem');
  const subject = nameOf(inputs.subject);
  if (inputs.isCaCertificate && subject.length === 0) {
    throw new Error('subject: the certificate of an authority needs one; accepted: commonName, organization');
  }
  const publicKey = new x509.PublicKey(keys.publicKeyDer);
  const id = await keyId(publicKey);
  if (inputs.setAuthorityKeyId && !namesItsKey(inputs)) {
    throw new Error('setAuthorityKeyId: there is none without setSubjectKeyId or isCaCertificate');
  }
  const names = inputs.dnsNames.length > 0 ? [sanOf(x509, inputs.dnsNames, subject.length === 0)] : [];
  const made = await sign(x509, {
    inputs,
    keys,
    publicKey,
    subject,
    issuer: subject,
    extensions: [
      ...(namesItsKey(inputs) ? [new x509.SubjectKeyIdentifierExtension(id)] : []),
      ...(inputs.setAuthorityKeyId ? [new x509.AuthorityKeyIdentifierExtension(id)] : []),
      ...names,
    ],
  });
  return { ...made, outputs: { ...made.outputs, keyAlgorithm: keys.algorithm } };
}

/** A request for a certificate. @throws Error for a key that can't be used */
export async function request(inputs: Request): Promise<Issued> {
  const x509 = await load();
  const keys = signingKeys(inputs.privateKeyPem, 'privateKeyPem');
  const subject = nameOf(inputs.subject);
  const made = await x509.Pkcs10CertificateRequestGenerator.create({
    ...(subject.length > 0 && { name: subject }),
    keys,
    signingAlgorithm: keys.signingAlgorithm,
    extensions: inputs.dnsNames.length > 0 ? [sanOf(x509, inputs.dnsNames, subject.length === 0)] : [],
  });
  return {
    id: createHash('sha1').update(Buffer.from(made.rawData)).digest('hex'),
    outputs: { certRequestPem: endLine(made.toString('pem')), keyAlgorithm: keys.algorithm },
  };
}

/**
 * A certificate for a request, signed by an authority.
 * @param warn told what may make the certificate useless
 * @throws Error for a request, a key or a certificate that can't be used, or a key that is not the authority's
 */
export async function locallySigned(inputs: LocallySigned, warn: (message: string) => void): Promise<Issued> {
  const x509 = await load();
  const keys = signingKeys(inputs.caPrivateKeyPem, 'caPrivateKeyPem');
  const authority = readAuthority(inputs.caCertPem, keys.object);
  if (!authority.ca) {
    warn('caCertPem: this is not the certificate of an authority; what it signs may be accepted by nobody');
  }
  const asked = readRequest(x509, inputs.certRequestPem);
  const parent = new x509.X509Certificate(authority.raw);
  const parentKey = parent.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId;
  // A request finds its extensions by their identifiers alone.
  const names = asked.getExtension(SUBJECT_ALTERNATIVE_NAME);
  const made = await sign(x509, {
    inputs,
    keys,
    publicKey: asked.publicKey,
    subject: asked.subjectName.toJSON(),
    issuer: parent.subjectName.toJSON(),
    extensions: [
      ...(namesItsKey(inputs) ? [new x509.SubjectKeyIdentifierExtension(await keyId(asked.publicKey))] : []),
      ...(parentKey === undefined ? [] : [new x509.AuthorityKeyIdentifierExtension(parentKey)]),
      ...(names ? [names] : []),
    ],
  });
  return { ...made, outputs: { ...made.outputs, caKeyAlgorithm: keys.algorithm } };
}

interface ToSign {
  readonly inputs: Pick<SelfSigned, 'allowedUses' | 'isCaCertificate' | 'validityPeriodHours'>;
  /** Of the issuer. */
  readonly keys: SigningKeys;
  readonly publicKey: PublicKey;
  readonly subject: JsonName;
  readonly issuer: JsonName;
  /** Besides what the uses make necessary. */
  readonly extensions: readonly Extension[];
}

async function sign(x509: X509, { inputs, keys, publicKey, subject, issuer, extensions }: ToSign): Promise<Issued> {
  const { notBefore, notAfter } = validity(inputs.validityPeriodHours);
  const serialNumber = newSerialNumber();
  const bits = keyUsages(inputs.allowedUses);
  const purposes = extendedKeyUsages(inputs.allowedUses);
  const made = await x509.X509CertificateGenerator.create({
    serialNumber,
    ...{ subject, issuer, notBefore, notAfter, publicKey },
    signingKey: keys.privateKey,
    signingAlgorithm: keys.signingAlgorithm,
    extensions: [
      // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- flags together are no member of the enum
      ...(bits === 0 ? [] : [new x509.KeyUsagesExtension(bits, true)]),
      ...(purposes.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(purposes)]),
      new x509.BasicConstraintsExtension(inputs.isCaCertificate, undefined, true),
      ...extensions,
    ],
  });
  return {
    id: BigInt(`0x${serialNumber}`).toString(),
    outputs: {
      certPem: endLine(made.toString('pem')),
      validityStartTime: notBefore.toISOString(),
      validityEndTime: notAfter.toISOString(),
    },
  };
}

/** 127 random bits in hex: positive as it stands, so that nobody has to put a byte before it. */
function newSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01; // Never a leading zero, which would be one byte too many.
  return bytes.toString('hex');
}

function nameOf(subject: SelfSigned['subject']): JsonName {
  const { commonName = '', organization = '' } = subject ?? {};
  return [
    ...(organization === '' ? [] : [{ O: [organization] }]),
    ...(commonName === '' ? [] : [{ CN: [commonName] }]),
  ];
}

/** Where there is no subject, these names are all there is to go by, and nobody may pass them over. */
function sanOf(x509: X509, names: readonly string[], isCritical: boolean): Extension {
  return new x509.SubjectAlternativeNameExtension(
    names.map((value) => ({ type: 'dns' as const, value })),
    isCritical,
  );
}

function namesItsKey(inputs: Pick<SelfSigned, 'isCaCertificate' | 'setSubjectKeyId'>): boolean {
  return inputs.isCaCertificate || inputs.setSubjectKeyId;
}

async function keyId(key: PublicKey): Promise<string> {
  return Buffer.from(await key.getKeyIdentifier()).toString('hex');
}

function readAuthority(pem: string, key: KeyObject): X509Certificate {
  const found = parseCertificate(pem);
  if (!found.checkPrivateKey(key))
    throw new Error('caPrivateKeyPem: this is not the key of the certificate in caCertPem');
  return found;
}

function parseCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new Error('caCertPem: this is no certificate in PEM');
  }
}

function readRequest(x509: X509, pem: string): InstanceType<X509['Pkcs10CertificateRequest']> {
  try {
    return new x509.Pkcs10CertificateRequest(pem);
  } catch {
    throw new Error('certRequestPem: this is no certificate request in PEM');
  }
}

/** PEM ends with a line break in the official plugin, and a chain is made by putting one after the other. */
function endLine(pem: string): string {
  return `${pem.trimEnd()}\n`;
}

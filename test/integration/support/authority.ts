import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from '@peculiar/x509';

const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

/** A certificate and its key, in PEM. */
export interface Shown {
  readonly certificate: string;
  readonly key: string;
}

/** An authority as those have who run databases for others: nobody knows it who has not been given its certificate. */
export class Authority {
  /** Its certificate in PEM. */
  readonly pem: string;
  readonly #certificate: X509Certificate;
  readonly #keys: webcrypto.CryptoKeyPair;

  private constructor(certificate: X509Certificate, keys: webcrypto.CryptoKeyPair) {
    this.#certificate = certificate;
    this.#keys = keys;
    this.pem = certificate.toString('pem');
  }

  /** @param days how long its certificate holds; below 0: it has ended */
  static async make(name: string, days = 90): Promise<Authority> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      ...{ name: `CN=${name}`, keys, signingAlgorithm: CURVE },
      ...life(days),
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new Authority(certificate, keys);
  }

  /** A certificate of a server that is reached at `host`, a name or an address. */
  async sign(host: string): Promise<Shown> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      ...{ subject: `CN=${host}`, issuer: this.#certificate.subject, ...life(30) },
      ...{ publicKey: keys.publicKey, signingKey: this.#keys.privateKey, signingAlgorithm: CURVE },
      extensions: [
        new SubjectAlternativeNameExtension([{ type: isIP(host) === 0 ? 'dns' : 'ip', value: host }]),
        await AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey),
      ],
    });
    const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
    const lines = der.match(/.{1,64}/g) ?? [];
    const key = ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n');
    return { certificate: `${certificate.toString('pem')}\n`, key };
  }
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
}

function life(days: number): { notBefore: Date; notAfter: Date } {
  const begin = Math.min(-1, days - 1);
  return { notBefore: new Date(Date.now() + begin * DAY_MS), notAfter: new Date(Date.now() + days * DAY_MS) };
}

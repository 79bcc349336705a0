import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  type webcrypto,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { Values } from '../../rpc/index.ts';
import type { CompleteInputs } from '../schema/attribute.ts';
import { CURVES, type PRIVATE_KEY } from './schema.ts';

const generate = promisify(generateKeyPair);

type KeyInputs = CompleteInputs<typeof PRIVATE_KEY>;

/** By the official plugin's name: as OpenSSL and WebCrypto call it, and the hash that goes with its strength. */
const NAMED_CURVES = {
  P256: { openssl: 'prime256v1', webcrypto: 'P-256', hash: 'SHA-256' },
  P384: { openssl: 'secp384r1', webcrypto: 'P-384', hash: 'SHA-384' },
  P521: { openssl: 'secp521r1', webcrypto: 'P-521', hash: 'SHA-512' },
} as const satisfies Record<(typeof CURVES)[number], unknown>;

/** What keys of these inputs can't be: property and reason. */
export function keyProblems({ algorithm, ecdsaCurve }: KeyInputs): { property: string; reason: string }[] {
  if (algorithm !== 'ECDSA' || ecdsaCurve !== 'P224') return [];
  return [
    {
      property: 'ecdsaCurve',
      reason: `P224, which stands where none is given, is not accepted; accepted: ${CURVES.join(', ')}`,
    },
  ];
}

/** A new key pair: the id and the outputs of the resource. */
export async function newKey(inputs: KeyInputs): Promise<{ id: string; outputs: Values }> {
  const { privateKey, publicKey } = await drawKey(inputs);
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  return {
    id: createHash('sha1')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex'),
    outputs: {
      privateKeyPem: traditional(privateKey) ?? pkcs8,
      privateKeyPemPkcs8: pkcs8,
      publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }) as string,
    },
  };
}

function drawKey({
  algorithm,
  ecdsaCurve,
  rsaBits,
}: KeyInputs): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
  if (algorithm === 'ED25519') return generate('ed25519', {});
  if (algorithm === 'RSA') return generate('rsa', { modulusLength: rsaBits });
  return generate('ec', { namedCurve: NAMED_CURVES[ecdsaCurve as keyof typeof NAMED_CURVES].openssl });
}

/** PKCS#1 or SEC 1, which the official plugin has in `privateKeyPem`; neither knows Ed25519. */
function traditional(key: KeyObject): string | undefined {
  if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }) as string;
  return key.asymmetricKeyType === 'ec' ? (key.export({ type: 'sec1', format: 'pem' }) as string) : undefined;
}

type Imported = Parameters<KeyObject['toCryptoKey']>[0];

/** Keys for signing with, as WebCrypto takes them. */
export interface SigningKeys {
  /** As the official plugin names it. */
  readonly algorithm: 'ECDSA' | 'ED25519' | 'RSA';
  readonly object: KeyObject;
  /** The public half as a SubjectPublicKeyInfo. */
  readonly publicKeyDer: Buffer;
  readonly privateKey: webcrypto.CryptoKey;
  readonly publicKey: webcrypto.CryptoKey;
  readonly signingAlgorithm: { readonly name: string; readonly hash?: string };
}

/**
 * The keys of a private key in PEM, of property `property`.
 * @throws Error that shows nothing of the key
 */
export function signingKeys(pem: string, property: string): SigningKeys {
  const object = readKey(pem, property);
  const algorithm = algorithmOf(object, property);
  const publicObject = createPublicKey(object);
  const { imported, signingAlgorithm } = algorithmsOf(object, algorithm, property);
  return {
    ...{ algorithm, object, signingAlgorithm },
    publicKeyDer: publicObject.export({ type: 'spki', format: 'der' }),
    privateKey: object.toCryptoKey(imported, false, ['sign']),
    publicKey: publicObject.toCryptoKey(imported, true, ['verify']),
  };
}

/** What WebCrypto imports a key as, and signs with: what Go, and so the official plugin, chooses for such a key. */
function algorithmsOf(
  key: KeyObject,
  algorithm: SigningKeys['algorithm'],
  property: string,
): { imported: Imported; signingAlgorithm: SigningKeys['signingAlgorithm'] } {
  if (algorithm === 'ED25519') return { imported: { name: 'Ed25519' }, signingAlgorithm: { name: 'Ed25519' } };
  if (algorithm === 'RSA') {
    const name = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    return { imported: name, signingAlgorithm: name };
  }
  const curve = Object.values(NAMED_CURVES).find(({ openssl }) => openssl === key.asymmetricKeyDetails?.namedCurve);
  if (!curve) throw new Error(`${property}: a key on this curve is not accepted; accepted: ${CURVES.join(', ')}`);
  return {
    imported: { name: 'ECDSA', namedCurve: curve.webcrypto },
    signingAlgorithm: { name: 'ECDSA', hash: curve.hash },
  };
}

function readKey(pem: string, property: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error(
      `${property}: this is no private key in PEM; accepted: PKCS#8, PKCS#1 or SEC 1, without a passphrase`,
    );
  }
}

function algorithmOf({ asymmetricKeyType }: KeyObject, property: string): SigningKeys['algorithm'] {
  if (asymmetricKeyType === 'ec') return 'ECDSA';
  if (asymmetricKeyType === 'ed25519') return 'ED25519';
  if (asymmetricKeyType === 'rsa') return 'RSA';
  throw new Error(`${property}: a key of this kind is not accepted; accepted: ECDSA, ED25519, RSA`);
}

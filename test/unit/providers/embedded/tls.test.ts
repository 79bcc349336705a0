import { X509Certificate, createPrivateKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TLS } from '../../../../providers/embedded/tls/provider.ts';
import { ProviderClient, secret, UNKNOWN_ON_THE_WIRE, type Wire } from '../provider-client.ts';

const KEY = 'tls:index/privateKey:PrivateKey';
const SELF_SIGNED = 'tls:index/selfSignedCert:SelfSignedCert';
const REQUEST = 'tls:index/certRequest:CertRequest';
const SIGNED = 'tls:index/locallySignedCert:LocallySignedCert';

let client: ProviderClient;

beforeAll(async () => {
  client = await ProviderClient.start(TLS);
  await client.configure();
});

afterAll(() => {
  client.close();
});

/** A value that may be marked secret, as it is. */
function plain(value: unknown): string {
  return typeof value === 'object' && value !== null ? String((value as Wire)['value']) : String(value);
}

async function key(inputs: Wire = { algorithm: 'ECDSA', ecdsaCurve: 'P256' }): Promise<Wire> {
  return (await client.create(KEY, inputs)).state;
}

const AUTHORITY = {
  subject: { commonName: 'shop-prod CA', organization: 'shop' },
  isCaCertificate: true,
  validityPeriodHours: 87_600,
  allowedUses: ['cert_signing', 'crl_signing'],
};

interface Chain {
  readonly authority: Wire;
  readonly leaf: Wire;
  readonly leafInputs: Wire;
  readonly id: string;
}

async function chain(authorityKey: Wire, leafKey: Wire, more: Wire = {}): Promise<Chain> {
  const privateKeyPem = plain(authorityKey['privateKeyPem']);
  const { state: authority } = await client.create(SELF_SIGNED, { ...AUTHORITY, privateKeyPem });
  const { state: asked } = await client.create(REQUEST, {
    privateKeyPem: plain(leafKey['privateKeyPem']),
    subject: { commonName: 'postgres' },
    dnsNames: ['postgres', 'localhost'],
  });
  const leafInputs = {
    caCertPem: authority['certPem'],
    caPrivateKeyPem: privateKeyPem,
    certRequestPem: asked['certRequestPem'],
    validityPeriodHours: 2160,
    allowedUses: ['digital_signature', 'server_auth'],
    ...more,
  };
  const { state: leaf, id } = await client.create(SIGNED, leafInputs);
  return { authority, leaf, leafInputs, id };
}

describe('a private key', () => {
  test.each<[Wire, string, string]>([
    [{ algorithm: 'ECDSA', ecdsaCurve: 'P256' }, 'EC PRIVATE KEY', 'ec'],
    [{ algorithm: 'ECDSA', ecdsaCurve: 'P384' }, 'EC PRIVATE KEY', 'ec'],
    [{ algorithm: 'ECDSA', ecdsaCurve: 'P521' }, 'EC PRIVATE KEY', 'ec'],
    [{ algorithm: 'RSA' }, 'RSA PRIVATE KEY', 'rsa'],
    [{ algorithm: 'ED25519' }, 'PRIVATE KEY', 'ed25519'],
  ])('of %j is secret, in its own form and in PKCS#8', async (inputs, label, type) => {
    const state = await key(inputs);
    expect(state['privateKeyPem']).toEqual(secret(expect.stringContaining(`-----BEGIN ${label}-----\n`)));
    expect(state['privateKeyPemPkcs8']).toEqual(secret(expect.stringContaining('-----BEGIN PRIVATE KEY-----\n')));
    expect(createPrivateKey(plain(state['privateKeyPem'])).asymmetricKeyType).toBe(type);
    expect(state).toMatchObject({ ecdsaCurve: inputs['ecdsaCurve'] ?? 'P224', rsaBits: 2048 });
    expect(state['publicKeyPem']).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
  });

  test.each<[Wire, string]>([
    [{ algorithm: 'DSA' }, 'algorithm'],
    [{ algorithm: 'ECDSA' }, 'ecdsaCurve'],
    [{ algorithm: 'ECDSA', ecdsaCurve: 'P224' }, 'ecdsaCurve'],
    [{ algorithm: 'RSA', rsaBits: 512 }, 'rsaBits'],
    [{ algorithm: 'RSA', comment: 'x' }, 'comment'],
  ])('of %j is refused, and the input named', async (inputs, property) => {
    const { failures } = await client.check(KEY, inputs);
    expect(failures.map((failure) => failure.property)).toEqual([property]);
  });

  test('is replaced by one of another kind', async () => {
    const inputs = { algorithm: 'ECDSA', ecdsaCurve: 'P256' };
    const state = await key(inputs);
    expect((await client.diff(KEY, inputs, inputs, state)).changes).toBe(false);
    const { replaces } = await client.diff(KEY, inputs, { ...inputs, ecdsaCurve: 'P384' }, state);
    expect(replaces).toEqual(['ecdsaCurve']);
  });
});

describe('a certificate', () => {
  test.each<[Wire, Wire]>([
    [
      { algorithm: 'ECDSA', ecdsaCurve: 'P256' },
      { algorithm: 'ECDSA', ecdsaCurve: 'P256' },
    ],
    [
      { algorithm: 'ECDSA', ecdsaCurve: 'P521' },
      { algorithm: 'RSA', rsaBits: 2048 },
    ],
    [{ algorithm: 'RSA', rsaBits: 3072 }, { algorithm: 'ED25519' }],
    [{ algorithm: 'ED25519' }, { algorithm: 'ECDSA', ecdsaCurve: 'P384' }],
  ])('is signed by an authority with a key of %j for one of %j, for the names that were asked for', async (ca, own) => {
    const leafKey = await key(own);
    const { authority, leaf, id } = await chain(await key(ca), leafKey);
    const [parent, made] = [authority, leaf].map(({ certPem }) => new X509Certificate(String(certPem)));
    if (!parent || !made) throw new Error('unreachable');
    expect(parent.ca).toBe(true);
    expect(parent.verify(parent.publicKey)).toBe(true);
    expect(parent.subject).toBe('O=shop\nCN=shop-prod CA');
    expect(made.ca).toBe(false);
    expect(made.checkIssued(parent)).toBe(true);
    expect(made.verify(parent.publicKey)).toBe(true);
    expect(made.checkPrivateKey(createPrivateKey(plain(leafKey['privateKeyPemPkcs8'])))).toBe(true);
    expect(made.subject).toBe('CN=postgres');
    expect(made.subjectAltName).toBe('DNS:postgres, DNS:localhost');
    expect(made.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(id).toBe(BigInt(`0x${made.serialNumber}`).toString());
    expect(leaf).toMatchObject({ readyForRenewal: false, caKeyAlgorithm: ca['algorithm'], isCaCertificate: false });
    expect(Date.parse(String(leaf['validityEndTime'])) - Date.parse(String(leaf['validityStartTime']))).toBe(
      2160 * 3_600_000,
    );
  });

  test('and its request have no parts of the subject in the state but those that were given', async () => {
    const privateKeyPem = plain((await key())['privateKeyPem']);
    const subject = { commonName: 'postgres' };
    for (const [type, inputs] of [
      [SELF_SIGNED, { ...AUTHORITY, privateKeyPem, subject }],
      [REQUEST, { privateKeyPem, subject }],
    ] as const) {
      const { state } = await client.create(type, inputs);
      expect(state['subject']).toEqual(subject);
      expect((await client.diff(type, inputs, inputs, state)).changes).toBe(false);
    }
  });

  test('keeps the keys it was made with secret', async () => {
    const { authority, leaf } = await chain(await key(), await key());
    expect(authority['privateKeyPem']).toEqual(secret(expect.any(String)));
    expect(leaf['caPrivateKeyPem']).toEqual(secret(expect.any(String)));
  });

  test('is replaced by one for another request or for longer, not when only its renewal is set', async () => {
    const { leaf, leafInputs } = await chain(await key(), await key());
    const diff = async (more: Wire) => client.diff(SIGNED, leafInputs, { ...leafInputs, ...more }, leaf);
    expect((await diff({})).changes).toBe(false);
    expect((await diff({ certRequestPem: 'another' })).replaces).toEqual(['certRequestPem']);
    expect((await diff({ certRequestPem: UNKNOWN_ON_THE_WIRE })).replaces).toEqual(['certRequestPem']);
    expect((await diff({ validityPeriodHours: 1 })).replaces).toEqual(['validityPeriodHours']);
    expect(await diff({ earlyRenewalHours: 24 })).toMatchObject({ changes: true, replaces: [] });
  });

  test('is replaced once its renewal is due, and says so when it is read', async () => {
    const { leaf, leafInputs, id } = await chain(await key(), await key(), { earlyRenewalHours: 720 });
    const diff = (state: Wire) => client.diff(SIGNED, leafInputs, leafInputs, state);
    expect((await diff(leaf)).changes).toBe(false);
    const hoursLeft = (hours: number) => ({
      ...leaf,
      validityEndTime: new Date(Date.now() + hours * 3_600_000).toISOString(),
    });
    expect((await diff(hoursLeft(721))).changes).toBe(false);
    expect((await diff(hoursLeft(719))).replaces).toEqual(['readyForRenewal']);
    expect((await client.read(SIGNED, id, leaf))?.state['readyForRenewal']).toBe(false);
    expect((await client.read(SIGNED, id, hoursLeft(719)))?.state['readyForRenewal']).toBe(true);
  });

  test('that is to be renewed all its life is ready for it from the start', async () => {
    const { leaf } = await chain(await key(), await key(), { earlyRenewalHours: 2160 });
    expect(leaf['readyForRenewal']).toBe(true);
  });

  test('is not signed with a key that is not the authority’s, and no error shows a key', async () => {
    const { leafInputs } = await chain(await key(), await key());
    const foreign = plain((await key())['privateKeyPem']);
    await expect(client.create(SIGNED, { ...leafInputs, caPrivateKeyPem: foreign })).rejects.toThrow(
      'caPrivateKeyPem: this is not the key of the certificate in caCertPem',
    );
    await expect(client.create(SIGNED, { ...leafInputs, caPrivateKeyPem: 's3cret' })).rejects.toThrow(
      /caPrivateKeyPem: this is no private key in PEM(?!.*s3cret)/,
    );
  });

  test('has no inputs but those that are implemented', async () => {
    const inputs = { ...AUTHORITY, privateKeyPem: 'x', ipAddresses: ['127.0.0.1'], maxPathLength: 0 };
    const { failures } = await client.check(SELF_SIGNED, inputs);
    expect(failures.map(({ property }) => property)).toEqual(['ipAddresses', 'maxPathLength']);
    const uses = await client.check(SELF_SIGNED, { ...AUTHORITY, privateKeyPem: 'x', allowedUses: ['signing'] });
    expect(uses.failures.map(({ property }) => property)).toEqual(['allowedUses']);
  });

  test('is unknown in a preview of what is not there yet', async () => {
    const inputs = { ...AUTHORITY, privateKeyPem: UNKNOWN_ON_THE_WIRE };
    const { state } = await client.create(SELF_SIGNED, inputs, { preview: true });
    expect(state).toMatchObject({ certPem: UNKNOWN_ON_THE_WIRE, readyForRenewal: false });
  });
});

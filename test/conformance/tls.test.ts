import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ref, type Described } from './support/described.ts';
import { changing, effects, type Effect } from './support/effects.ts';
import { embeddedPlugin, testedPlugin } from './support/plugins.ts';
import { ConformanceStack, type InState, type Step } from './support/stack.ts';

jest.setTimeout(120_000);

/* Nothing of this is on the engine; what the program of these tests starts besides is our own plugins. */

const tls = testedPlugin('tls');
const plugins = [embeddedPlugin('docker'), embeddedPlugin('random')];
const stack = new ConformanceStack([tls, ...plugins]);

const NEW_FIRST = 'replace, new one first';

const ECDSA = { algorithm: 'ECDSA', ecdsaCurve: 'P256' };
const SHARED: readonly Described[] = [
  { type: 'PrivateKey', name: 'ca-key', args: ECDSA },
  { type: 'PrivateKey', name: 'key', args: ECDSA },
  {
    type: 'SelfSignedCert',
    name: 'ca',
    args: {
      privateKeyPem: ref('ca-key', 'privateKeyPem'),
      subject: { commonName: 'the CA', organization: 'conformance' },
      isCaCertificate: true,
      validityPeriodHours: 24,
      allowedUses: ['cert_signing', 'crl_signing'],
    },
  },
  {
    type: 'CertRequest',
    name: 'request',
    args: {
      privateKeyPem: ref('key', 'privateKeyPem'),
      subject: { commonName: 'db' },
      dnsNames: ['db', 'localhost'],
    },
  },
];

const SELF_SIGNED = {
  privateKeyPem: ref('key', 'privateKeyPem'),
  validityPeriodHours: 24,
  allowedUses: ['server_auth'],
};
const SIGNED = {
  caCertPem: ref('ca', 'certPem'),
  caPrivateKeyPem: ref('ca-key', 'privateKeyPem'),
  certRequestPem: ref('request', 'certRequestPem'),
  validityPeriodHours: 24,
  allowedUses: ['digital_signature', 'server_auth'],
};
const REQUEST = { privateKeyPem: ref('key', 'privateKeyPem') };

type Args = Readonly<Record<string, unknown>>;

/** Of what is replaced itself, so that nobody knows before an `up` what will stand there. */
const MADE_ANEW = {
  key: { privateKeyPem: ref('edited-key', 'privateKeyPem') },
  request: { certRequestPem: ref('edited-request', 'certRequestPem') },
  authority: { caCertPem: ref('edited-ca', 'certPem') },
};

/** What MADE_ANEW refers to. */
function edited(side: 'before' | 'after'): Described[] {
  const isBefore = side === 'before';
  const authority = SHARED.find(({ name }) => name === 'ca');
  return [
    { type: 'PrivateKey', name: 'edited-key', args: { ...ECDSA, ecdsaCurve: isBefore ? 'P256' : 'P384' } },
    { type: 'CertRequest', name: 'edited-request', args: { ...REQUEST, dnsNames: isBefore ? ['a'] : ['a', 'b'] } },
    {
      type: 'SelfSignedCert',
      name: 'edited-ca',
      args: { ...authority?.args, validityPeriodHours: isBefore ? 24 : 48 },
    },
  ];
}

/** Type, what is edited of it, what it is before and after beside its base, and what becomes of it. */
const edits: readonly [type: Described['type'], title: string, before: Args, after: Args, effect: Effect][] = [
  ['PrivateKey', 'ecdsaCurve', ECDSA, { ...ECDSA, ecdsaCurve: 'P384' }, NEW_FIRST],
  ['PrivateKey', 'algorithm', { algorithm: 'ED25519' }, ECDSA, NEW_FIRST],
  ['PrivateKey', 'rsaBits', { algorithm: 'RSA' }, { algorithm: 'RSA', rsaBits: 3072 }, NEW_FIRST],
  ['PrivateKey', 'rsaBits as they are', { algorithm: 'RSA' }, { algorithm: 'RSA', rsaBits: 2048 }, 'same'],
  ['CertRequest', 'privateKeyPem', {}, { privateKeyPem: ref('ca-key', 'privateKeyPem') }, NEW_FIRST],
  ['CertRequest', 'dnsNames', { dnsNames: ['a'] }, { dnsNames: ['a', 'b'] }, NEW_FIRST],
  ['CertRequest', 'dnsNames in another order', { dnsNames: ['a', 'b'] }, { dnsNames: ['b', 'a'] }, NEW_FIRST],
  ['CertRequest', 'subject', { subject: { commonName: 'a' } }, { subject: { commonName: 'b' } }, NEW_FIRST],
  ['CertRequest', 'dnsNames left out again', { dnsNames: ['a'] }, {}, NEW_FIRST],
  ['SelfSignedCert', 'allowedUses', {}, { allowedUses: ['client_auth'] }, NEW_FIRST],
  ['SelfSignedCert', 'privateKeyPem made anew', MADE_ANEW.key, MADE_ANEW.key, NEW_FIRST],
  ['SelfSignedCert', 'subject', { subject: { commonName: 'a' } }, { subject: { commonName: 'b' } }, NEW_FIRST],
  ['SelfSignedCert', 'validityPeriodHours', {}, { validityPeriodHours: 48 }, NEW_FIRST],
  ['SelfSignedCert', 'dnsNames', {}, { dnsNames: ['a'] }, NEW_FIRST],
  ['SelfSignedCert', 'isCaCertificate off', {}, { isCaCertificate: false }, 'same'],
  ['SelfSignedCert', 'earlyRenewalHours', {}, { earlyRenewalHours: 1 }, 'update'],
  ['SelfSignedCert', 'setSubjectKeyId', {}, { setSubjectKeyId: true }, NEW_FIRST],
  ['LocallySignedCert', 'certRequestPem', {}, { certRequestPem: ref('other', 'certRequestPem') }, NEW_FIRST],
  ['LocallySignedCert', 'certRequestPem made anew', MADE_ANEW.request, MADE_ANEW.request, NEW_FIRST],
  ['LocallySignedCert', 'caCertPem made anew', MADE_ANEW.authority, MADE_ANEW.authority, NEW_FIRST],
  ['LocallySignedCert', 'validityPeriodHours', {}, { validityPeriodHours: 48 }, NEW_FIRST],
  ['LocallySignedCert', 'allowedUses', {}, { allowedUses: ['digital_signature', 'client_auth'] }, NEW_FIRST],
  ['LocallySignedCert', 'earlyRenewalHours', {}, { earlyRenewalHours: 8 }, 'update'],
  ['LocallySignedCert', 'earlyRenewalHours left out again', { earlyRenewalHours: 8 }, {}, 'update'],
  ['LocallySignedCert', 'earlyRenewalHours, and that is now', {}, { earlyRenewalHours: 24 }, NEW_FIRST],
  ['LocallySignedCert', 'setSubjectKeyId', {}, { setSubjectKeyId: true }, NEW_FIRST],
];

const BASES: Partial<Record<Described['type'], Args>> = {
  CertRequest: REQUEST,
  SelfSignedCert: SELF_SIGNED,
  LocallySignedCert: SIGNED,
};

function resources(side: 'before' | 'after'): Described[] {
  const rows = edits.map(([type, , before, after], at) => ({
    type,
    name: `row-${at}`,
    args: { ...BASES[type], ...(side === 'before' ? before : after) },
  }));
  const other: Described = { type: 'CertRequest', name: 'other', args: { ...REQUEST, dnsNames: ['other'] } };
  return [...SHARED, other, ...edited(side), ...rows];
}

let made: ReadonlyMap<string, InState>;
let toDo: readonly Step[];

beforeAll(async () => {
  await stack.init();
  await stack.up(resources('before'));
  made = await stack.state();
  toDo = await stack.preview(resources('after'));
});

afterAll(() => stack.dispose());

/** The outputs of the first row of a type, without what is drawn anew each time. */
function outputsOf(type: Described['type']): Record<string, unknown> {
  const row = made.get(`row-${edits.findIndex(([own]) => own === type)}`);
  if (!row) throw new Error(`the state has no ${type}`);
  expect(row.outputs['id']).toBe(row.id);
  return Object.fromEntries(Object.entries(row.outputs).filter(([, value]) => value !== null));
}

describe('made as described', () => {
  test('nothing is left to do, read again or not', async () => {
    expect(changing(await stack.preview(resources('before')))).toEqual([]);
    await stack.refresh();
    expect(changing(await stack.preview(resources('before')))).toEqual([]);
  });

  test('keys have what was left out as the official plugin has it, and an id of 40 digits', () => {
    const { id, ...key } = outputsOf('PrivateKey');
    expect(id).toMatch(/^[0-9a-f]{40}$/);
    expect(key).toMatchObject({
      algorithm: 'ECDSA',
      ecdsaCurve: 'P256',
      rsaBits: 2048,
      privateKeyPem: expect.stringMatching(/^-----BEGIN EC PRIVATE KEY-----\n[^-]+-----END EC PRIVATE KEY-----\n$/),
      privateKeyPemPkcs8: expect.stringMatching(/^-----BEGIN PRIVATE KEY-----\n[^-]+-----END PRIVATE KEY-----\n$/),
      publicKeyPem: expect.stringMatching(/^-----BEGIN PUBLIC KEY-----\n[^-]+-----END PUBLIC KEY-----\n$/),
    });
  });

  test('certificates have what was left out as the official plugin has it, and their serial number for an id', () => {
    const { id, certPem, ...certificate } = outputsOf('LocallySignedCert');
    const found = new X509Certificate(String(certPem));
    expect(BigInt(String(id))).toBe(BigInt(`0x${found.serialNumber}`));
    expect(certificate).toMatchObject({
      caKeyAlgorithm: 'ECDSA',
      earlyRenewalHours: 0,
      isCaCertificate: false,
      readyForRenewal: false,
      setSubjectKeyId: false,
      validityPeriodHours: 24,
    });
    expect(Math.floor(Date.parse(String(certificate['validityEndTime'])) / 1000)).toBe(
      Date.parse(found.validTo) / 1000,
    );
    expect(outputsOf('SelfSignedCert')).toMatchObject({ keyAlgorithm: 'ECDSA', setAuthorityKeyId: false });
    expect(outputsOf('CertRequest')).toMatchObject({
      keyAlgorithm: 'ECDSA',
      certRequestPem: expect.stringMatching(/^-----BEGIN CERTIFICATE REQUEST-----\n/),
    });
  });

  test('what is signed verifies, for the names of its request', () => {
    const [authority, leaf] = ['ca', `row-${edits.findIndex(([type]) => type === 'LocallySignedCert')}`].map(
      (name) => new X509Certificate(String(made.get(name)?.outputs['certPem'])),
    );
    if (!authority || !leaf) throw new Error('unreachable');
    expect(leaf.checkIssued(authority) && leaf.verify(authority.publicKey)).toBe(true);
    expect(leaf.subjectAltName).toBe('DNS:db, DNS:localhost');
    expect([authority.subject, leaf.subject, leaf.ca]).toEqual(['O=conformance\nCN=the CA', 'CN=db', false]);
  });

  test('keys are secret wherever they stand', () => {
    const secrets = (name: string) => made.get(name)?.secretOutputs.filter((output) => !output.includes('Openssh'));
    expect([secrets('key'), secrets('ca'), secrets('request')]).toEqual([
      ['privateKeyPem', 'privateKeyPemPkcs8'],
      ['privateKeyPem'],
      ['privateKeyPem'],
    ]);
    expect(secrets(`row-${edits.length - 1}`)).toEqual(['caPrivateKeyPem']);
  });
});

describe('an edit', () => {
  test.each(edits.map(([type, title, , , effect], at) => [`${type} ${title}`, `row-${at}`, effect] as const))(
    'of %s has its effect',
    (_title, name, effect) => {
      expect(effects(toDo).get(name)).toBe(effect);
    },
  );

  test('leaves nothing to do, unless a certificate is to be renewed all its life', async () => {
    await stack.up(resources('after'));
    const due = edits.findIndex(([, title]) => title.includes('and that is now'));
    expect(changing(await stack.preview(resources('after')))).toEqual([`row-${due}: ${NEW_FIRST}`]);
  });
});

test('a certificate whose time has come is made anew, whether or not that was read before', async () => {
  const leaf = (name: string, earlyRenewalHours: number): Described => ({
    type: 'LocallySignedCert',
    name,
    args: { ...SIGNED, earlyRenewalHours },
  });
  const whole = [...SHARED, leaf('due', 8), leaf('not-due', 6)];
  await stack.up(whole);
  const validityEndTime = new Date(Date.now() + 7 * 3_600_000).toISOString();
  await stack.rewrite(['due', 'not-due'], { validityEndTime });
  expect(changing(await stack.preview(whole))).toEqual([`due: ${NEW_FIRST}`]);
  await stack.refresh();
  const read = await stack.state();
  expect(['due', 'not-due'].map((name) => read.get(name)?.outputs['readyForRenewal'])).toEqual([true, false]);
  expect(changing(await stack.preview(whole))).toEqual([`due: ${NEW_FIRST}`]);
});

(tls.isEmbedded ? test.skip : test)(
  'a stack of ours goes on with the official plugin without a change, and edits do there what they do',
  async () => {
    const due = edits.findIndex(([, title]) => title.includes('and that is now'));
    const calm = resources('before');
    stack.use([embeddedPlugin('tls'), ...plugins]);
    await stack.up([]);
    await stack.up(calm);
    stack.use([tls, ...plugins]);
    expect(changing(await stack.preview(calm))).toEqual([]);
    const found = effects(await stack.preview(resources('after')));
    expect(edits.map(([, title], at) => [title, found.get(`row-${at}`)])).toEqual(
      edits.map(([, title, , , effect]) => [title, effect]),
    );
    await stack.refresh();
    expect(changing(await stack.preview(calm))).toEqual([]);
    await stack.up(resources('after'));
    expect(changing(await stack.preview(resources('after')))).toEqual([`row-${due}: ${NEW_FIRST}`]);
  },
);

(tls.isEmbedded ? test.skip : test)(
  'a stack of the official plugin goes on with ours without a change, and back',
  async () => {
    const due = edits.findIndex(([, title]) => title.includes('and that is now'));
    const calm = resources('after').filter(({ name }) => name !== `row-${due}`);
    await stack.up(calm);
    stack.use([embeddedPlugin('tls'), ...plugins]);
    expect(changing(await stack.preview(calm))).toEqual([]);
    await stack.refresh();
    expect(changing(await stack.preview(calm))).toEqual([]);
    stack.use([tls, ...plugins]);
    expect(changing(await stack.preview(calm))).toEqual([]);
  },
);

import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  checkSetAuthority,
  checkSetCertificate,
  checkSetCertificates,
} from '../../../../config/rules/certificate-values.ts';
import type { Issue, PlannedSecret } from '../../../../config/plan/types.ts';
import { locallySigned, request, selfSigned } from '../../../../providers/embedded/tls/issue.ts';
import { error } from '../fixture.ts';

const DAY_MS = 86_400_000;
const CHAIN = 'the certificate and its chain in PEM, its own first, each followed by the one that has signed it';

const newKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const plain = { allowedUses: [], earlyRenewalHours: 0, setSubjectKeyId: false, setAuthorityKeyId: false };

interface Signer {
  readonly key: string;
  readonly pem: string;
}

/** A certificate for 90 days that `signer` has signed, or itself. */
async function make(
  commonName: string,
  dnsNames: string[],
  isCaCertificate: boolean,
  signer?: Signer,
): Promise<Signer> {
  const key = newKey();
  const subject = { commonName, organization: '' };
  const life = { validityPeriodHours: 90 * 24, isCaCertificate, ...plain };
  if (!signer) {
    const made = await selfSigned({ ...life, subject, dnsNames, privateKeyPem: key });
    return { key, pem: made.outputs['certPem'] as string };
  }
  const asked = await request({ privateKeyPem: key, subject, dnsNames });
  const made = await locallySigned(
    {
      ...life,
      caCertPem: signer.pem,
      caPrivateKeyPem: signer.key,
      certRequestPem: asked.outputs['certRequestPem'] as string,
    },
    () => undefined,
  );
  return { key, pem: made.outputs['certPem'] as string };
}

let root: Signer;
let middle: Signer;
let leaf: Signer;

beforeAll(async () => {
  root = await make('root', [], true);
  middle = await make('middle', [], true, root);
  leaf = await make('leaf', ['shop.example', '*.shop.example', 'edge'], false, middle);
});

const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);
const day = (date: Date): string => date.toISOString().slice(0, 10);

interface Given {
  readonly pem?: string;
  readonly key?: string;
  readonly names?: readonly string[];
  readonly now?: Date;
}

function issuesOf({ pem = leaf.pem + middle.pem, key = leaf.key, names = ['shop.example'], now = new Date() }: Given) {
  const values = { certificate: { secret: 'CERT', pem }, privateKey: { secret: 'KEY', pem: key } };
  return checkSetCertificate({ ...values, names }, now);
}

describe('a certificate that somebody has set', () => {
  test('is accepted with its key and its chain, with or without the authority', () => {
    expect(issuesOf({})).toEqual([]);
    expect(issuesOf({ pem: leaf.pem + middle.pem + root.pem })).toEqual([]);
    expect(issuesOf({ pem: `Subject: leaf\n${leaf.pem}`.replaceAll('\n', '\r\n') })).toEqual([]);
  });

  test('is accepted with the authority that has signed the end of its chain, and with no other', () => {
    const judged = (chain: string, authority: string) =>
      checkSetCertificate(
        {
          certificate: { secret: 'CERT', pem: chain },
          authority: { secret: 'CA', pem: authority },
          names: ['shop.example'],
        },
        new Date(),
      );
    expect(judged(leaf.pem + middle.pem, root.pem)).toEqual([]);
    expect(judged(leaf.pem + middle.pem + root.pem, root.pem)).toEqual([]);
    expect(judged(leaf.pem, root.pem + middle.pem)).toEqual([]);
    const accepted = 'the certificate of the authority that has';
    expect(judged(leaf.pem, root.pem)).toEqual([error('secrets:CA', 'has not signed CERT', accepted)]);
    expect(judged(leaf.pem + root.pem, middle.pem)).toContainEqual(
      error('secrets:CA', 'has not signed the last certificate of CERT', accepted),
    );
  });

  test.each<[string, () => Given, () => Issue]>([
    ['that is none', () => ({ pem: 's3cret' }), () => error('secrets:CERT', 'holds no certificate in PEM', CHAIN)],
    [
      'of which a part can’t be read',
      () => ({ pem: `${leaf.pem}-----BEGIN CERTIFICATE-----\ns3cret\n-----END CERTIFICATE-----\n` }),
      () => error('secrets:CERT', "certificate 2 of 2 can't be read", CHAIN),
    ],
    [
      'whose chain is out of order',
      () => ({ pem: leaf.pem + root.pem + middle.pem }),
      () => error('secrets:CERT', 'certificate 2 of 3 has not signed the one before it', CHAIN),
    ],
    [
      'with the key of another',
      () => ({ key: root.key }),
      () => error('secrets:KEY', 'is not the key of CERT', 'the private key that the certificate was made for'),
    ],
    [
      'with a key that is none',
      () => ({ key: 's3cret' }),
      () =>
        error(
          'secrets:KEY',
          'is no private key that can be read',
          'a private key in PEM (PKCS#8, PKCS#1 or SEC 1), without a passphrase',
        ),
    ],
    [
      'for other names',
      () => ({ names: ['www.shop.example', 'shop.test', 'api.shop.test'] }),
      () =>
        error(
          'secrets:CERT',
          'is not good for shop.test, api.shop.test, but for shop.example, *.shop.example, edge',
          'one for www.shop.example, shop.test, api.shop.test',
        ),
    ],
  ])('%s is refused', (_case, given, issue) => {
    expect(issuesOf(given())[0]).toEqual(issue());
    expect(JSON.stringify(issuesOf(given()))).not.toContain('s3cret');
  });

  test('need not be good for names of the stack’s own networks, unless there are no others', () => {
    expect(issuesOf({ names: ['nginx', 'localhost', 'shop.example', '*.shop.example'] })).toEqual([]);
    expect(issuesOf({ names: ['edge'] })).toEqual([]);
    expect(issuesOf({ names: ['edge', 'localhost'] })).toHaveLength(1);
  });

  test('is refused once it has expired, and before it holds', () => {
    const end = day(inDays(90));
    expect(issuesOf({ pem: leaf.pem, now: inDays(91) })).toEqual([
      error('secrets:CERT', `the certificate expired on ${end}`, 'one that is valid'),
    ]);
    expect(issuesOf({ now: inDays(91) })).toHaveLength(2); // Whatever has signed it has expired too.
    expect(issuesOf({ pem: leaf.pem, now: inDays(-1) })).toEqual([
      error('secrets:CERT', `the certificate is not valid before ${day(new Date())}`, 'one that is valid'),
    ]);
  });

  test('that expires within a month is worth a warning', () => {
    expect(issuesOf({ pem: leaf.pem, now: inDays(59.5) })).toEqual([]);
    expect(issuesOf({ pem: leaf.pem, now: inDays(88.5) })).toEqual([
      {
        ...error('secrets:CERT', `the certificate expires on ${day(inDays(90))}, in 1 day`),
        accepted: 'a new one: `slipway secrets set CERT`',
        severity: 'warning',
      },
    ]);
  });

  test('is judged all at once', () => {
    const issues = issuesOf({ key: root.key, names: ['shop.test'], now: inDays(91) });
    expect(issues.map(({ path }) => path)).toEqual(['secrets:CERT', 'secrets:CERT', 'secrets:CERT', 'secrets:KEY']);
  });
});

describe('an authority that somebody has set', () => {
  test('is accepted, and so are several', () => {
    expect(checkSetAuthority({ secret: 'CA', pem: root.pem }, new Date())).toEqual([]);
    expect(checkSetAuthority({ secret: 'CA', pem: middle.pem + root.pem }, new Date())).toEqual([]);
  });

  test('is refused where it is none, or has expired', () => {
    expect(checkSetAuthority({ secret: 'CA', pem: root.pem + leaf.pem }, new Date())).toEqual([
      error(
        'secrets:CA',
        'certificate 2 of 2 is no certificate of an authority',
        'the certificate of whoever has signed the others, in PEM',
      ),
    ]);
    expect(checkSetAuthority({ secret: 'CA', pem: root.pem }, inDays(91))).toHaveLength(1);
    expect(checkSetAuthority({ secret: 'CA', pem: '' }, new Date())).toHaveLength(1);
  });
});

describe('what is set for a plan', () => {
  const secret = (name: string, format: PlannedSecret['format'], source: PlannedSecret['source']): PlannedSecret => ({
    ...{ name, format, source, description: 'A secret.', services: [] },
  });
  const plan = (source: PlannedSecret['source']) => ({
    secrets: [
      secret('CERT', { kind: 'certificate', certificate: 'edge' }, source),
      secret('KEY', { kind: 'private-key', certificate: 'edge' }, source),
      secret('CA', { kind: 'ca-certificate' }, source),
    ],
    certificates: {
      authority: { commonName: 'shop-dev CA', validityDays: 1 },
      issued: [],
      provided: [{ name: 'edge', names: ['shop.test'] }],
    },
  });

  test('is judged by the names of its certificate', () => {
    const values = new Map([
      ['CERT', leaf.pem],
      ['KEY', middle.key],
      ['CA', leaf.pem],
    ]);
    const issues = checkSetCertificates(plan('provided'), values, new Date());
    expect(issues.map(({ path, message }) => `${path} ${message}`)).toEqual([
      'secrets:CERT is not good for shop.test, but for shop.example, *.shop.example, edge',
      'secrets:KEY is not the key of CERT',
      'secrets:CA the certificate is no certificate of an authority',
    ]);
    expect(checkSetCertificates(plan('issued'), values, new Date())).toEqual([]);
  });
});

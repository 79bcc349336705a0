import { describe, expect, test } from '@jest/globals';
import { generatedIn, issuedIn, providedIn } from '../../../../cli/export/secrets.ts';
import { secretValues } from '../../../../cli/export/values.ts';
import { parseExport } from '../../../../cli/pulumi/state.ts';
import type { PlannedSecret } from '../../../../config/plan/types.ts';

const about = { description: 'A secret.', services: ['api'] };
const generated = (name: string, format: PlannedSecret['format']): PlannedSecret => ({
  ...about,
  name,
  source: 'generated',
  format,
});
const template = (name: string, text: string): PlannedSecret => ({
  ...about,
  name,
  source: 'derived',
  format: { kind: 'template', template: text },
});
const HEX = '00ff10';
const known = {
  generated: new Map([
    ['A', HEX],
    ['B', HEX],
    ['C', HEX],
    ['D', 's3cret'],
  ]),
  provided: new Map([['E', 'a/b']]),
};

describe('the values of secrets', () => {
  test.each<[PlannedSecret, string]>([
    [generated('A', { kind: 'hex', bytes: 3 }), HEX],
    [generated('B', { kind: 'base64', bytes: 3 }), 'AP8Q'],
    [generated('C', { kind: 'laravel-key', bytes: 3 }), 'base64:AP8Q'],
    [generated('D', { kind: 'password', length: 6 }), 's3cret'],
    [{ ...generated('E', { kind: 'base64', bytes: 3 }), source: 'provided' }, 'a/b'],
  ])('are those of the stack: %j', (secret, expected) => {
    expect(secretValues([secret], known)).toEqual({ values: new Map([[secret.name, expected]]), missing: [] });
  });

  const issued = (name: string, format: PlannedSecret['format']): PlannedSecret => ({
    ...generated(name, format),
    source: 'issued',
  });

  test('are what the stack’s authority has issued, a certificate followed by that of the authority', () => {
    const planned = [
      issued('CERT', { kind: 'certificate', certificate: 'edge' }),
      issued('KEY', { kind: 'private-key', certificate: 'edge' }),
      issued('CA', { kind: 'ca-certificate' }),
      issued('NEW', { kind: 'private-key', certificate: 'new' }),
    ];
    const made = { authority: 'ca\n', certificates: new Map([['edge', 'leaf\n']]), keys: new Map([['edge', 'key\n']]) };
    expect(secretValues(planned, { ...known, issued: made })).toEqual({
      values: new Map([
        ['CERT', 'leaf\nca\n'],
        ['KEY', 'key\n'],
        ['CA', 'ca\n'],
      ]),
      missing: ['NEW'],
    });
    expect(secretValues(planned, known).missing).toEqual(['CA', 'CERT', 'KEY', 'NEW']);
  });

  test('are derived from each other', () => {
    const planned = [
      template('URL', 'db://u:${E|url}@db/${OTHER}'),
      template('OTHER', '<${D}>'),
      { ...generated('E', { kind: 'password', length: 8 }), source: 'provided' as const },
      generated('D', { kind: 'password', length: 6 }),
    ];
    expect(secretValues(planned, known).values.get('URL')).toBe('db://u:a%2Fb@db/<s3cret>');
  });

  test('are missing all together, those that nothing is known of by name and no others', () => {
    const planned = [
      template('URL', '${NEW}'),
      generated('NEW', { kind: 'password', length: 8 }),
      { ...generated('UNSET', { kind: 'password', length: 8 }), source: 'provided' as const },
      generated('D', { kind: 'password', length: 6 }),
    ];
    expect(secretValues(planned, known)).toEqual({ values: new Map([['D', 's3cret']]), missing: ['NEW', 'UNSET'] });
  });
});

describe('what is known of secrets', () => {
  const type = 'random:index/randomPassword:RandomPassword';
  const resource = (name: string, result: unknown, more: object = {}) => ({
    urn: `urn:pulumi:dev::slipway::slipway:components:System$${type}::${name}`,
    type,
    custom: true,
    outputs: { result },
    ...more,
  });
  const shown = (value: string) => ({ '4dabf18193072939515e22adb298388d': '1b47', plaintext: JSON.stringify(value) });

  test('is read from a decrypted state, without what was replaced', () => {
    const resources = [
      resource('A', shown('old'), { delete: true }),
      resource('A', shown('a"b')),
      resource('B', 'in clear'),
      { ...resource('C', shown('c')), type: 'random:index/randomId:RandomId' },
    ];
    expect(generatedIn(parseExport(JSON.stringify({ version: 3, deployment: { resources } })))).toEqual(
      new Map([
        ['A', 'a"b'],
        ['B', 'in clear'],
      ]),
    );
  });

  test('is read from a decrypted state, of the authority and what it has issued too', () => {
    const made = (type: string, name: string, outputs: object, more: object = {}) => ({
      ...resource(name, undefined, more),
      urn: `urn:pulumi:dev::slipway::slipway:components:System$${type}::${name}`,
      type,
      outputs,
    });
    const key = 'tls:index/privateKey:PrivateKey';
    const signed = 'tls:index/locallySignedCert:LocallySignedCert';
    const resources = [
      made(key, 'CA', { privateKeyPemPkcs8: shown('ca key') }),
      made('tls:index/selfSignedCert:SelfSignedCert', 'CA', { certPem: 'ca' }),
      made(key, 'edge', { privateKeyPem: shown('sec1'), privateKeyPemPkcs8: shown('pkcs8') }),
      made(signed, 'edge', { certPem: 'old' }, { delete: true }),
      made(signed, 'edge', { certPem: 'leaf' }),
    ];
    const { authority, certificates, keys } = issuedIn(
      parseExport(JSON.stringify({ version: 3, deployment: { resources } })),
    );
    expect(authority).toBe('ca');
    expect(certificates).toEqual(new Map([['edge', 'leaf']]));
    expect(keys.get('edge')).toBe('pkcs8');
    expect(issuedIn({ resources: [] })).toEqual({ certificates: new Map(), keys: new Map() });
  });

  test('is read from a decrypted configuration, other settings aside', () => {
    const text = JSON.stringify({
      'secrets:A': { value: 'a', secret: true },
      'slipway:system': { value: 'linkflow', secret: false },
      'slipway:services': { value: '{}', objectValue: {}, secret: false },
    });
    expect(providedIn(text)).toEqual(new Map([['A', 'a']]));
  });
});

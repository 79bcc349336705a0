import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { PlannedSecret } from '../../../../config/plan/types.ts';
import { checkValues, judgeValue } from '../../../../config/rules/secret-value.ts';

const secret = (format: PlannedSecret['format'], more: Partial<PlannedSecret> = {}): PlannedSecret => ({
  ...{ name: 'KEY', description: 'A secret.', source: 'generated', format, services: ['api'] },
  ...more,
});
const template = (text: string): PlannedSecret => ({
  ...secret({ kind: 'template', template: text }),
  ...{ name: 'URL', source: 'derived' },
});
const { privateKey, publicKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const password = secret({ kind: 'password', length: 32 });
const base64 = secret({ kind: 'base64', bytes: 3 });
const hex = secret({ kind: 'hex', bytes: 3 });
const laravel = secret({ kind: 'laravel-key', bytes: 3 });
const key = secret({ kind: 'private-key', certificate: 'web' });
const certificate = secret({ kind: 'certificate', certificate: 'web' });

describe('a value is accepted that', () => {
  test.each([
    ['is a password of any length from 8 on', password, `$ ' " \\ % @ : / #`],
    ['is what a generated one would be, in base64', base64, 'AP8Q'],
    ['is in hex, whatever the case', hex, '00fF10'],
    ['is a key of Laravel', laravel, 'base64:AP8Q'],
    ['is a private key', key, privateKey],
    ['stands for something derived', template('x://${KEY}'), 'postgres://elsewhere'],
  ])('%s', (_, of, value) => {
    expect(judgeValue(of, value, [of])).toBeUndefined();
  });

  test('has several lines where it stands in nothing but a digest', () => {
    const planned = [key, template('user #${KEY|sha256}')];
    expect(judgeValue(key, privateKey, planned)).toBeUndefined();
  });
});

describe('a value is refused that', () => {
  const role = { postgresRole: { service: 'db', role: 'app' } };
  test.each<[string, PlannedSecret, string, string, string]>([
    ['is empty', password, '', 'is empty', 'a value'],
    ['holds a NUL', password, '12345678\0', 'holds a NUL character', 'text'],
    ['is too short for a password', password, '1234567', 'is too short', 'at least 8 characters'],
    [
      ...(['has several lines', password, '1234\n5678'] as const),
      ...(['has several lines, and its format is password', 'a single line'] as const),
    ],
    [
      ...(['has several lines for a role', secret(password.format, role), '1234\r5678'] as const),
      ...(['has several lines, and is the password of a role in db', 'a single line'] as const),
    ],
    ['is not base64', base64, 'AP8', 'is not in base64', '3 bytes in base64'],
    ['is too long in base64', base64, 'AAAAAAA=', 'is 5 bytes in base64', '3 bytes in base64'],
    ['is not hex', hex, '00ff1g', 'is not in hex', '3 bytes in hex'],
    ['is half a byte too short in hex', hex, '00ff1', 'is 2 bytes in hex', '3 bytes in hex'],
    [
      ...(['is no key of Laravel', laravel, 'AP8Q'] as const),
      ...(['is not in base64 after the text "base64:"', '3 bytes in base64 after the text "base64:"'] as const),
    ],
    [
      ...(['is a public key', key, publicKey] as const),
      ...(['is no private key', 'a private key in PEM, without a passphrase'] as const),
    ],
    ['is no certificate', certificate, publicKey, 'is no certificate', 'certificates in PEM'],
  ])('%s', (_, of, value, message, accepted) => {
    expect(judgeValue(of, value, [of])).toEqual({ message, accepted });
  });

  test('has several lines, and is part of a URL', () => {
    expect(judgeValue(key, privateKey, [key, template('x://${KEY|url}')])?.message).toBe(
      'has several lines, and is part of URL',
    );
  });
});

test('all values that can’t be are told at once, without being shown', () => {
  const planned = [
    { ...password, name: 'A' },
    { ...hex, name: 'B' },
    { ...base64, name: 'C' },
  ];
  const values = new Map([
    ['A', 'short'],
    ['B', '00ff10'],
    ['C', 'n0t base64'],
  ]);
  const issues = checkValues(planned, values);
  expect(issues).toEqual([
    { path: 'secrets:A', message: 'is too short', accepted: 'at least 8 characters', severity: 'error' },
    { path: 'secrets:C', message: 'is not in base64', accepted: '3 bytes in base64', severity: 'error' },
  ]);
});

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { PlannedSecret } from '../../../../config/plan/types.ts';
import { judgeValue } from '../../../../config/rules/secret-value.ts';

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
    ['is empty', password, '', 'it is empty', 'a value'],
    ['holds a NUL', password, '12345678\0', 'it holds a NUL character', 'text'],
    ['is too short for a password', password, '1234567', 'it is too short', 'at least 8 characters'],
    [
      ...(['has several lines', password, '1234\n5678'] as const),
      ...(['it has several lines, and its format is password', 'a single line'] as const),
    ],
    [
      ...(['has several lines for a role', secret(password.format, role), '1234\r5678'] as const),
      ...(['it has several lines, and it is the password of a role in db', 'a single line'] as const),
    ],
    ['is not base64', base64, 'AP8', 'it is not in base64', '3 bytes in base64'],
    ['is too long in base64', base64, 'AAAAAAA=', 'it is 5 bytes in base64', '3 bytes in base64'],
    ['is not hex', hex, '00ff1g', 'it is not in hex', '3 bytes in hex'],
    ['is half a byte too short in hex', hex, '00ff1', 'it is 2 bytes in hex', '3 bytes in hex'],
    [
      ...(['is no key of Laravel', laravel, 'AP8Q'] as const),
      ...(['it is not in base64 after the text "base64:"', '3 bytes in base64 after the text "base64:"'] as const),
    ],
    [
      ...(['is a public key', key, publicKey] as const),
      ...(['it is no private key', 'a private key in PEM, without a passphrase'] as const),
    ],
    ['is no certificate', certificate, publicKey, 'it is no certificate', 'certificates in PEM'],
  ])('%s', (_, of, value, message, accepted) => {
    expect(judgeValue(of, value, [of])).toEqual({ message, accepted });
  });

  test('has several lines, and is part of a URL', () => {
    expect(judgeValue(key, privateKey, [key, template('x://${KEY|url}')])?.message).toBe(
      'it has several lines, and it is part of URL',
    );
  });
});

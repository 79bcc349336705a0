import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { alterStatement } from '../../../../providers/slipway/postgres-role/apply.ts';
import { PostgresRoleInputs } from '../../../../providers/slipway/postgres-role/schema.ts';
import { isOneToAll, scramVerifier } from '../../../../providers/slipway/postgres-role/scram.ts';

describe('what PostgreSQL stores of a password', () => {
  // The conversation of RFC 7677, section 3.
  const SALT = 'W22ZaJ0SNY7soEsUEjb6gQ==';
  const MESSAGES = [
    'n=user,r=rOprNGfwEbeRWgbNEkqO',
    `r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=${SALT},i=4096`,
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
  ].join(',');
  const signed = (key: string): Buffer => createHmac('sha256', Buffer.from(key, 'base64')).update(MESSAGES).digest();

  test('accepts the proof of a client that knows it, and proves the server to that client', async () => {
    const verifier = await scramVerifier('pencil', Buffer.from(SALT, 'base64'));
    const [, stored = '', server = ''] =
      /^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$(.+):(.+)$/.exec(verifier) ?? [];
    const proof = Buffer.from('dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=', 'base64');
    const clientKey = Buffer.from(signed(stored).map((byte, at) => byte ^ (proof[at] ?? 0)));
    expect(createHash('sha256').update(clientKey).digest('base64')).toBe(stored);
    expect(signed(server).toString('base64')).toBe('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
  });

  test('differs with the salt', async () => {
    const [one, two] = [await scramVerifier('x', Buffer.from('1')), await scramVerifier('x', Buffer.from('2'))];
    expect(one).not.toBe(two);
  });
});

describe('a password', () => {
  test.each(['plain', `$ ' " \\ % @ : / #`, 'ünïcödé', '日本', 'tab\there'])(
    'is the same to every client: %j',
    (text) => {
      expect(isOneToAll(text)).toBe(true);
    },
  );

  test.each([
    ['an accent of its own', 'u\u0308'],
    ['a blank that is none', 'a\u00A0b'],
    ['a letter that is two', '\uFB01'],
    ['something that is not seen', 'a\u00ADb'],
    ['half a letter', '\uD800'],
  ])('is not the same to every client with %s', (_, text) => {
    expect(isOneToAll(text)).toBe(false);
  });

  test.each(['a\nb', 'a\rb', 'a\0b', ''])('is refused where it can’t be one: %j', (password) => {
    const inputs = { service: 'db', container: 'c', role: 'r', user: 'r', password };
    expect(PostgresRoleInputs.safeParse(inputs).success).toBe(false);
  });
});

test('a role of any name is quoted', () => {
  expect(alterStatement('a"b; DROP', 'SCRAM-SHA-256$1:a$b:c')).toBe(
    `ALTER ROLE "a""b; DROP" PASSWORD 'SCRAM-SHA-256$1:a$b:c';`,
  );
});

import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { unpainted, type Context } from '../../../../cli/context.ts';
import { EXIT } from '../../../../cli/exit-codes.ts';
import { madeAt } from '../../../../cli/secrets/age.ts';
import { findSecret, readersOf, withParts } from '../../../../cli/secrets/find.ts';
import { choosePins } from '../../../../cli/secrets/pin.ts';
import { readValue } from '../../../../cli/secrets/read.ts';
import { secretsJson, secretsText } from '../../../../cli/secrets/show.ts';
import type { PlannedSecret } from '../../../../config/plan/types.ts';

const of = (name: string, source: PlannedSecret['source'], format: PlannedSecret['format']): PlannedSecret => ({
  ...{ name, description: `What ${name} does.`, source, format, services: ['api'] },
});
const password = of('PASSWORD', 'generated', { kind: 'password', length: 32 });
const url = of('URL', 'derived', { kind: 'template', template: 'db://:${PASSWORD|url}@db/${KEY}' });
const key = of('KEY', 'provided', { kind: 'hex', bytes: 8 });
const mail: PlannedSecret = { ...of('MAIL', 'missing', password.format), services: [], providedOnly: true };
const certificate = of('CERT', 'issued', { kind: 'certificate', certificate: 'web' });
const secrets = [certificate, key, mail, password, url];
const plan = { system: 'shop', environment: 'dev', stack: 'mine', secrets } as const;

describe('a secret', () => {
  test('is found by name, or refused with those there are', () => {
    expect(findSecret(plan, 'KEY')).toBe(key);
    expect(() => findSecret(plan, 'PASWORD')).toThrow(
      expect.objectContaining({
        exitCode: EXIT.usage,
        message: 'shop has no secret "PASWORD"; did you mean "PASSWORD"? known: CERT, KEY, MAIL, PASSWORD, URL',
      }),
    );
  });

  test('brings along what it is built from, and only that', () => {
    expect(withParts(secrets, ['URL'])).toEqual([key, password, url]);
    expect(withParts(secrets, ['KEY'])).toEqual([key]);
    expect(withParts(secrets, ['URL'].concat('MAIL'))).toEqual([key, mail, password, url]);
  });
});

test('a secret concerns who gets it, and who gets what is built from it', () => {
  const planned = [{ ...key, services: [] }, mail, password, { ...url, services: ['worker', 'api'] }];
  expect(readersOf(planned, 'KEY')).toEqual(['api', 'worker']);
  expect(readersOf(planned, 'PASSWORD')).toEqual(['api', 'worker']);
  expect(readersOf(planned, 'MAIL')).toEqual([]);
});

describe('what is pinned', () => {
  test('is all that was generated, unless named', () => {
    expect(choosePins(plan, [])).toEqual({ pin: ['PASSWORD'], isSet: ['KEY'] });
    expect(choosePins(plan, ['KEY', 'KEY'])).toEqual({ pin: [], isSet: ['KEY'] });
  });

  test('can be nothing that has no value of its own; all of it is told at once', () => {
    expect(() => choosePins(plan, ['URL', 'MAIL', 'CERT', 'PASSWORD'])).toThrow(
      expect.objectContaining({
        exitCode: EXIT.usage,
        message: [
          'URL is built from other secrets: pin those',
          'MAIL has no value: `slipway secrets set MAIL` gives it one',
          "CERT is issued by the stack's own authority, and is not pinned",
          'Nothing was touched.',
        ].join('\n'),
      }),
    );
  });
});

describe('the age of a secret', () => {
  const resource = (type: string, name: string, more: object) => ({
    ...{ urn: `urn:pulumi:mine::slipway::${type}::${name}`, type, custom: true },
    ...more,
  });
  const RANDOM = 'random:index/randomPassword:RandomPassword';
  const state = {
    exists: true,
    pending: 0,
    resources: [
      resource(RANDOM, 'PASSWORD', { created: '2026-01-01T00:00:00Z', delete: true }),
      resource(RANDOM, 'PASSWORD', { created: '2026-02-01T00:00:00Z', modified: '2026-03-01T00:00:00Z' }),
      resource(RANDOM, 'KEY', { created: '2026-02-01T00:00:00Z' }),
      resource('tls:index/privateKey:PrivateKey', 'web', { created: '2026-01-01T00:00:00Z' }),
      resource('tls:index/locallySignedCert:LocallySignedCert', 'web', { modified: '2026-04-01T00:00:00Z' }),
    ],
  };

  test.each<[string, PlannedSecret, string | undefined]>([
    ['is that of the value that holds', password, '2026-02-01T00:00:00.000Z'],
    ['is that of the certificate, not of its key', certificate, '2026-04-01T00:00:00.000Z'],
    ['is not known of what somebody has set, though one was generated before', key, undefined],
    ['is not known of what is derived', url, undefined],
  ])('%s', (_, secret, expected) => {
    expect(madeAt(secret, state)?.toISOString()).toBe(expected);
  });

  test('is not known before the first up', () => {
    expect(madeAt(password, { exists: false, pending: 0, resources: [] })).toBeUndefined();
  });
});

describe('the list of secrets', () => {
  const now = new Date('2026-01-05T00:00:00Z');
  const listed = [
    { secret: mail, made: undefined },
    { secret: password, made: new Date('2026-01-01T00:00:00Z') },
    { secret: url, made: undefined },
  ];

  test('is a table, and how one is set', () => {
    expect(secretsText(plan, listed, now, unpainted).split('\n')).toEqual([
      'SECRET    SOURCE     FORMAT                       AGE  FOR  WHAT IT IS FOR',
      'MAIL      missing    a password of 32 characters  -    -    What MAIL does.',
      'PASSWORD  generated  a password of 32 characters  4d   api  What PASSWORD does.',
      'URL       derived    built from others            -    api  What URL does.',
      '',
      'set one: slipway secrets set --stack mine <name>',
    ]);
    expect(secretsText(plan, [], now, unpainted)).toBe('shop declares no secrets');
  });

  test('is data', () => {
    expect(secretsJson(plan, listed)).toMatchObject({
      ...{ system: 'shop', environment: 'dev', stack: 'mine' },
      secrets: [
        { name: 'MAIL', made: null, providedOnly: true },
        { name: 'PASSWORD', source: 'generated', made: '2026-01-01T00:00:00.000Z' },
        { name: 'URL' },
      ],
    });
  });
});

describe('a value from standard input', () => {
  const given = (value: string | Buffer): Context => {
    const stdin = new PassThrough();
    stdin.end(value);
    return { stdin, stderr: new PassThrough() } as unknown as Context;
  };
  const acl = of('ACL', 'derived', { kind: 'template', template: 'user\n' });

  test.each<[PlannedSecret, string, string]>([
    [password, `$ ' " \\ % @ : / #\n`, `$ ' " \\ % @ : / #`],
    [password, 'trailing blank \r\n', 'trailing blank '],
    [key, '00ff1000ff1000ff', '00ff1000ff1000ff'],
    [acl, 'user a\n', 'user a\n'],
    [url, 'db://x\n', 'db://x'],
  ])('of %s is taken without what an editor adds: %j', async (secret, value, expected) => {
    expect(await readValue(given(value), secret, secrets)).toBe(expected);
  });

  test.each<[string, PlannedSecret, string | Buffer, string]>([
    ['is too short', password, '1234567', 'is too short; accepted: at least 8 characters'],
    ['is no text', password, Buffer.from([0xff, 0xfe, 0xff, 0xfe]), 'no text in UTF-8'],
    [
      ...(['reads in different ways', { ...password, postgresRole: { service: 'db', role: 'r' } }] as const),
      ...(['zwölf mal u\u0308', 'in different ways by different clients'] as const),
    ],
  ])('that %s is refused without being shown', async (_, secret, value, reason) => {
    const failed: unknown = await readValue(given(value), secret, secrets).catch((error: unknown) => error);
    expect(failed).toMatchObject({ exitCode: EXIT.usage, message: expect.stringContaining(reason) });
    expect(String(failed)).not.toContain(String(value));
  });
});

describe('a value that is asked for on a terminal', () => {
  /** A terminal on which somebody types one line after the other, each when asked; and what is seen on it. */
  const terminal = (...lines: string[]): { context: Context; seen: () => string } => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin });
    const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
    let seen = '';
    stderr.on('data', (chunk: Buffer) => {
      seen += chunk.toString('utf8');
      if (chunk.toString('utf8').endsWith(': ')) setImmediate(() => stdin.write(lines.shift() ?? ''));
    });
    return { context: { stdin, stderr, stdout: new PassThrough() } as unknown as Context, seen: () => seen };
  };

  test('is asked for twice, and never seen', async () => {
    const { context, seen } = terminal('open sesame\r', 'open sesame\r');
    expect(await readValue(context, password, secrets)).toBe('open sesame');
    expect(seen()).toBe('PASSWORD (what you type is not shown): \nPASSWORD again: \n');
  });

  test('is refused where the two differ', async () => {
    const { context } = terminal('open sesame\r', 'open sesam\r');
    await expect(readValue(context, password, secrets)).rejects.toMatchObject({
      exitCode: EXIT.usage,
      message: expect.stringContaining('the two are not the same'),
    });
  });

  test('is not asked for any more after Ctrl-C', async () => {
    const { context } = terminal('open\x03');
    await expect(readValue(context, password, secrets)).rejects.toMatchObject({ exitCode: EXIT.interrupted });
  });
});

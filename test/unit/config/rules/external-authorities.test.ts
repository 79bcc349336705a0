import { beforeAll, describe, expect, test } from '@jest/globals';
import type { PlannedExternal } from '../../../../config/plan/types.ts';
import { checkExternalAuthorities } from '../../../../config/rules/external-authorities.ts';
import { Authority } from '../../../integration/support/authority.ts';

const AT = 'slipway:services.db.external.ca';
const DAY_MS = 86_400_000;
let [good, ended, leaf] = ['', '', ''];

beforeAll(async () => {
  const authority = await Authority.make('of a provider', 60);
  [good, ended] = [authority.pem, (await Authority.make('of last year', -1)).pem];
  leaf = (await authority.sign('db.example.com')).certificate;
});

function told(ca: string | undefined, days = 0): string[] {
  const external = { name: 'db', ...(ca !== undefined && { ca }) } as PlannedExternal;
  const issues = checkExternalAuthorities({ externals: [external] }, new Date(Date.now() + days * DAY_MS));
  return issues.map(
    ({ severity, path, message }) => `${severity} ${path}: ${message.replace(/\d{4}-\d\d-\d\d/, 'DAY')}`,
  );
}

describe('authorities that what somebody else runs is verified with', () => {
  test('are as they should be, or the public ones', () => {
    expect(told(good)).toEqual([]);
    expect(told(`${good}\n${good}`)).toEqual([]);
    expect(told(undefined)).toEqual([]);
  });

  test.each<[string, () => string[], string[]]>([
    ['are no PEM', () => told('no PEM'), [`error ${AT}: holds no certificate in PEM`]],
    [
      'can’t be read',
      () => told(`${good}\n-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----`),
      [`error ${AT}: certificate 2 of 2 can't be read`],
    ],
    ['have expired', () => told(ended), [`error ${AT}: the certificate expired on DAY`]],
    ['are those of a server', () => told(leaf), [`error ${AT}: the certificate is no certificate of an authority`]],
    [
      'are wrong in several ways, all told',
      () => told(`${leaf}${ended}`),
      [
        `error ${AT}: certificate 1 of 2 is no certificate of an authority`,
        `warning ${AT}: certificate 2 of 2 expired on DAY`,
      ],
    ],
    [
      'have expired in part, as bundles do',
      () => told(`${ended}\n${good}`),
      [`warning ${AT}: certificate 1 of 2 expired on DAY`],
    ],
    ['end soon', () => told(good, 40), [`warning ${AT}: the certificate expires on DAY`]],
    ['are of tomorrow', () => told(good, -3), [`error ${AT}: the certificate is not valid before DAY`]],
  ])('are told of where they %s', (_, found, expected) => {
    expect(found()).toEqual(expected);
  });
});

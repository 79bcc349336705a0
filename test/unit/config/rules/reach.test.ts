import { describe, expect, test } from '@jest/globals';
import type { PlannedExternal, PlannedLogin, Unreached } from '../../../../config/plan/types.ts';
import { checkReach } from '../../../../config/rules/reach.ts';

const login: PlannedLogin = { protocol: 'postgres', user: 'clerk', database: 'shop', secret: 'DB_PASSWORD' };
const external: PlannedExternal = {
  name: 'db',
  description: 'A database.',
  host: 'db.example.com',
  port: 5432,
  sslmode: 'require',
  logins: [login],
  callers: ['app'],
  volumes: [],
};

function told(found: Omit<Unreached, 'service' | 'detail'>, changes: Partial<PlannedExternal> = {}): string[] {
  const externals = [{ ...external, ...changes }];
  const unreached = [{ service: 'db', detail: 'WORDS', ...found }];
  return checkReach({ externals, stack: 'prod' }, { unreached }).map(({ path, message, accepted }) =>
    [path, message, accepted].join(' | '),
  );
}

describe('what somebody else runs, and is not to be used', () => {
  const at = 'slipway:services.db.external';
  test.each<[Omit<Unreached, 'service' | 'detail'>, string]>([
    [
      { cause: 'name' },
      `${at}.host | db.example.com does not resolve on the Docker host: WORDS | a name that it knows, or an address`,
    ],
    [
      { cause: 'refused' },
      `${at}.port | nobody listens at db.example.com:5432: WORDS | the port that "db" listens on, at an address that others reach`,
    ],
    [
      { cause: 'silent' },
      `${at} | db.example.com:5432 does not answer: WORDS | a way there from the Docker host, through firewalls and security groups`,
    ],
    [
      { cause: 'stranger', login },
      `${at}.port | at db.example.com:5432 there is something else: WORDS | the port that "db" listens on`,
    ],
    [
      { cause: 'plain', login },
      `${at}.sslmode | db.example.com:5432 speaks no TLS, and sslmode is require | TLS switched on there; disable where nobody else is on the network between`,
    ],
    [
      { cause: 'login', login },
      'secrets:DB_PASSWORD | db.example.com:5432 does not let clerk in: WORDS | the password that is set there: ' +
        '`slipway secrets set DB_PASSWORD --stack prod`; and there, a user that may log in from this host',
    ],
    [
      { cause: 'database', login },
      `${at} | db.example.com:5432 has no database for clerk: WORDS | \`CREATE DATABASE shop OWNER clerk\` there`,
    ],
    [
      { cause: 'untrusted', login },
      `${at}.sslmode | the certificate of db.example.com:5432 is not to be trusted: WORDS | a certificate of a public authority with that name in it, or \`ca\`, the authority that has signed it; require encrypts without a proof of who is there`,
    ],
    [{ cause: 'unready', login }, `${at} | db.example.com:5432 takes nobody now: WORDS | another try once it does`],
    [
      { cause: 'untried' },
      `${at} | whether db.example.com:5432 can be reached could not be tried: WORDS | a Docker host that can run a small container on a network of its own`,
    ],
  ])('%j is told with what to do', (found, text) => {
    expect(told(found)).toEqual([text]);
  });

  test('has a certificate that the authority of its own has to have signed, where one is named', () => {
    expect(told({ cause: 'untrusted', login }, { ca: 'PEM' })).toEqual([
      `${at}.ca | the certificate of db.example.com:5432 is not to be trusted: WORDS | the authority that has signed it, as whoever runs it hands it out, and a host that it names`,
    ]);
  });

  test('has its address of IPv6 in brackets', () => {
    expect(told({ cause: 'unready' }, { host: 'fd00::7' })[0]).toContain('[fd00::7]:5432 takes nobody now');
  });

  test('is told once where it has nothing to do with who logs in, and for each who is not let in', () => {
    const logins = [login, { ...login, user: 'keeper', secret: 'KEEPER_PASSWORD' }];
    const found = (cause: 'plain' | 'login'): number =>
      checkReach(
        { externals: [{ ...external, logins }], stack: 'prod' },
        { unreached: logins.map((one) => ({ service: 'db', cause, login: one, detail: 'WORDS' })) },
      ).length;
    expect([found('plain'), found('login')]).toEqual([1, 2]);
  });

  test('is nothing where nobody has tried, or nothing was in the way', () => {
    expect(checkReach({ externals: [external], stack: 'prod' }, {})).toEqual([]);
    expect(checkReach({ stack: 'prod' }, { unreached: [] })).toEqual([]);
  });
});

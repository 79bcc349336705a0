import { describe, expect, test } from '@jest/globals';
import { identifier, literal } from '../../../../providers/slipway/postgres/psql.ts';
import { parseLook, type Found } from '../../../../providers/slipway/postgres-database/look.ts';
import { departures, makeScript, obstacles } from '../../../../providers/slipway/postgres-database/steps.ts';

const WANTED = {
  ...{ service: 'db', container: 'c', database: 'orders', owner: 'shop', admin: 'root' },
  extensions: ['citext', 'uuid-ossp'],
};
const LEAST = {
  ...{ rolcanlogin: true, rolsuper: false, rolcreatedb: false, rolcreaterole: false },
  ...{ rolreplication: false, rolbypassrls: false },
};
const MADE = { owner: 'shop', isTemplate: false, allowsConnections: true, connectionLimit: -1, isOpenToAll: false };
const AS_WANTED: Found = {
  isSuperuser: true,
  role: LEAST,
  database: MADE,
  ...{ available: ['citext', 'uuid-ossp'], extensions: ['plpgsql', 'citext', 'uuid-ossp'] },
};
const NOTHING: Found = { ...AS_WANTED, role: null, database: null, extensions: [] };

describe('a new database', () => {
  test('is closed to all but superusers until all of it is there', () => {
    expect(makeScript(WANTED, NOTHING).split('\n')).toEqual([
      'CREATE ROLE "shop" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;',
      'CREATE DATABASE "orders" OWNER "shop" TEMPLATE template0 CONNECTION LIMIT 0;',
      'REVOKE ALL ON DATABASE "orders" FROM PUBLIC;',
      '\\connect "orders"',
      'BEGIN;',
      'CREATE EXTENSION IF NOT EXISTS "citext" CASCADE;',
      'CREATE EXTENSION IF NOT EXISTS "uuid-ossp" CASCADE;',
      'COMMIT;',
      'ALTER DATABASE "orders" CONNECTION LIMIT -1;',
    ]);
  });

  test('that was interrupted is gone on with', () => {
    const half = { ...NOTHING, role: LEAST, database: { ...MADE, connectionLimit: 0, isOpenToAll: true } };
    expect(departures(WANTED, half)).toEqual(['database', 'extensions']);
    expect(makeScript(WANTED, half)).not.toContain('CREATE DATABASE');
    expect(makeScript(WANTED, half)).toMatch(/REVOKE ALL[^]*CREATE EXTENSION[^]*CONNECTION LIMIT -1;$/);
  });
});

describe('a database that is there', () => {
  test('is left alone where it is as it should be', () => {
    expect(departures(WANTED, AS_WANTED)).toEqual([]);
    expect(obstacles(WANTED, AS_WANTED)).toEqual([]);
  });

  test.each<[string, Partial<Found>, string[], RegExp]>([
    ['which everybody may open', { database: { ...MADE, isOpenToAll: true } }, ['database'], /REVOKE ALL/],
    ['which nobody may', { database: { ...MADE, allowsConnections: false } }, ['database'], /ALLOW_CONNECTIONS true/],
    ['whose owner may do more', { role: { ...LEAST, rolcreatedb: true } }, ['owner'], /^ALTER ROLE .* NOCREATEDB/],
    ['without an extension', { extensions: ['citext'] }, ['extensions'], /EXTENSION IF NOT EXISTS "uuid-ossp"/],
  ])('%s is put right', (_, change, departs, statement) => {
    const found = { ...AS_WANTED, ...change };
    expect(departures(WANTED, found)).toEqual(departs);
    expect(makeScript(WANTED, found)).toMatch(statement);
    // Somebody's own limit is theirs.
    expect(makeScript(WANTED, found)).not.toContain('CONNECTION LIMIT');
  });

  test('keeps the limit of connections that somebody has given it', () => {
    expect(departures(WANTED, { ...AS_WANTED, database: { ...MADE, connectionLimit: 20 } })).toEqual([]);
  });
});

describe('what is in the way', () => {
  test('is told all at once', () => {
    const found = { ...AS_WANTED, isSuperuser: false, database: { ...MADE, owner: 'other' }, available: [] };
    const [notSuper, foreign, missing, ...more] = obstacles({ ...WANTED, owner: 'shop' }, found);
    expect(notSuper).toBe('role "root" is no superuser of the server, and may not make databases and roles');
    expect(foreign).toContain(
      'it belongs to role "other" already; to hand it over: ALTER DATABASE "orders" OWNER TO "shop"',
    );
    expect(missing).toContain('the server has no extension "citext", "uuid-ossp"');
    expect(more).toEqual([]);
  });

  test.each<[string, Partial<typeof WANTED>, Partial<Found>, RegExp]>([
    ['an owner that is the superuser', { admin: 'shop' }, {}, /is the superuser/],
    ['a template', {}, { database: { ...MADE, isTemplate: true } }, /a template/],
    ['half a DROP', {}, { database: { ...MADE, connectionLimit: -2 } }, /interrupted DROP DATABASE/],
  ])('may be %s', (_, wanted, found, message) => {
    expect(obstacles({ ...WANTED, ...wanted }, { ...AS_WANTED, ...found })).toEqual([expect.stringMatching(message)]);
  });
});

test('an answer of two lines is read; of one where there is no database yet', () => {
  const { extensions, ...server } = AS_WANTED;
  expect(parseLook(`${JSON.stringify(server)}\n${JSON.stringify(extensions)}\n`)).toEqual(AS_WANTED);
  expect(parseLook(`${JSON.stringify({ ...server, database: null })}\n`).extensions).toEqual([]);
});

test('names and texts are quoted', () => {
  expect(identifier('a"b')).toBe('"a""b"');
  expect([literal("a'b"), literal("\\'; DROP")]).toEqual(["'a''b'", "E'\\\\''; DROP'"]);
});

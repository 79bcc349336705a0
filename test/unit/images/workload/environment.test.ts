import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { appEnvironment } from '../../../../images/workload/src/app.ts';
import { databaseEnvironment } from '../../../../images/workload/src/database.ts';
import { ConfigurationError, readEnvironment } from '../../../../images/workload/src/environment.ts';
import { redisEnvironment } from '../../../../images/workload/src/streams.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'environment-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const file = (name: string, content: string): string => {
  const target = path.join(folder, name);
  writeFileSync(target, content);
  return target;
};

/** The problems that reading brings up. */
function problems(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('postgres', () => {
  test('is read from a URL, its password decoded', () => {
    const DATABASE_URL = 'postgres://link%40flow:p%2Fw@db:6543/flow?sslmode=disable&search_path=workflow';
    expect(readEnvironment(databaseEnvironment, { DATABASE_URL })).toEqual({
      database: { host: 'db', port: 6543, database: 'flow', user: 'link@flow', password: 'p/w', ssl: false },
    });
  });

  test('is read from DB_*, its password from a file with one newline less', () => {
    const DB_PASSWORD_FILE = file('password', 'two\n\n');
    const env = { DB_HOST: 'db', DB_DATABASE: 'flow', DB_USERNAME: 'me', DB_PASSWORD_FILE, DB_SSLMODE: 'require' };
    expect(readEnvironment(databaseEnvironment, env)).toEqual({
      database: {
        ...{ host: 'db', port: 5432, database: 'flow', user: 'me', password: 'two\n' },
        ssl: { rejectUnauthorized: false },
      },
    });
  });

  test('may have its password apart from the URL', () => {
    const env = { DATABASE_URL: 'postgresql://me@db/flow?sslmode=verify-full', DB_PASSWORD: 'apart' };
    const { database } = readEnvironment(databaseEnvironment, env);
    expect(database).toMatchObject({ port: 5432, password: 'apart', ssl: {} });
  });

  test('is verified against the authority that is given, as libpq does, and its name where that is asked for', () => {
    const sslrootcert = file('ca', 'PEM');
    const ssl = (mode: string) =>
      readEnvironment(databaseEnvironment, {
        DATABASE_URL: `postgres://db/x?sslmode=${mode}&sslrootcert=${sslrootcert}`,
      }).database.ssl;
    const anyName = { ca: 'PEM', checkServerIdentity: expect.any(Function) as unknown };
    expect([ssl('require'), ssl('verify-ca'), ssl('verify-full')]).toEqual([anyName, anyName, { ca: 'PEM' }]);
  });

  test.each([
    [{}, 'DATABASE_URL must be set (or DB_HOST, DB_DATABASE and DB_USERNAME)'],
    [
      { DATABASE_URL: 'redis://db' },
      'DATABASE_URL must look like postgres://user:password@host:5432/database?sslmode=disable',
    ],
    [
      { DATABASE_URL: 'postgres://db/x?sslmode=maybe' },
      'DATABASE_URL sslmode must be one of disable, prefer, require, verify-ca, verify-full',
    ],
    [{ DATABASE_URL: 'postgres://db/x', DB_PORT: '70000' }, 'DB_PORT must be a port between 1 and 65535'],
  ])('given as %j is refused', (env, problem) => {
    expect(problems(() => readEnvironment(databaseEnvironment, env))).toEqual([problem]);
  });
});

describe('redis', () => {
  test('is read from a URL', () => {
    const env = { REDIS_URL: 'rediss://me:p%3Aw@cache:6380/2', ENGINE_PARTITION_COUNT: '4' };
    expect(readEnvironment(redisEnvironment, env)).toEqual({
      redis: { host: 'cache', port: 6380, username: 'me', password: 'p:w', db: 2, tls: {} },
      queue: { name: 'workflows-default', partitions: 4 },
    });
  });

  test('is read from REDIS_*', () => {
    const env = { REDIS_HOST: 'cache', REDIS_PASSWORD: 'pw', REDIS_QUEUE: 'jobs' };
    expect(readEnvironment(redisEnvironment, env)).toEqual({
      redis: { host: 'cache', port: 6379, password: 'pw', db: 0 },
      queue: { name: 'jobs', partitions: 16 },
    });
  });

  test('is verified against the authorities that SSL_CERT_FILE names, as OpenSSL and Go have it', () => {
    const SSL_CERT_FILE = file('authorities', 'PEM');
    const count = { ENGINE_PARTITION_COUNT: '4', SSL_CERT_FILE };
    for (const env of [{ REDIS_URL: 'rediss://cache' }, { REDIS_HOST: 'cache', REDIS_SCHEME: 'tls' }]) {
      expect(readEnvironment(redisEnvironment, { ...count, ...env }).redis).toMatchObject({ tls: { ca: 'PEM' } });
    }
    expect(readEnvironment(redisEnvironment, { ...count, REDIS_URL: 'redis://cache' }).redis).not.toHaveProperty('tls');
  });

  test.each(['http://cache', 'cache:6379', 'redis://cache/first'])('given as %s is refused', (REDIS_URL) => {
    const expected = ['REDIS_URL must look like redis://:password@host:6379/0'];
    expect(problems(() => readEnvironment(redisEnvironment, { REDIS_URL }))).toEqual(expected);
  });
});

describe('the environment as a whole', () => {
  test('knows the levels of Laravel and of pino, and lengths of time', () => {
    expect(readEnvironment(appEnvironment, { LOG_LEVEL: 'warning', SHUTDOWN_TIMEOUT: '1.5m' })).toEqual({
      LOG_LEVEL: 'warn',
      SHUTDOWN_TIMEOUT: 90_000,
    });
    expect(readEnvironment(appEnvironment, { LOG_LEVEL: '', PATH: '/bin' })).toEqual({
      LOG_LEVEL: 'info',
      SHUTDOWN_TIMEOUT: 25_000,
    });
  });

  test('names every problem at once and never a value', () => {
    const env = {
      ...{ LOG_LEVEL: 'loud', SHUTDOWN_TIMEOUT: '0s', REDIS_URL: 'hidden', REDIS_PASSWORD: 'hidden' },
      ...{
        REDIS_PASSWORD_FILE: file('both', 'hidden'),
        REDIS_URL_FILE: '/nowhere',
        DATABASE_URL_FILE: file('empty', '\n'),
      },
    };
    const schema = appEnvironment.and(databaseEnvironment).and(redisEnvironment);
    const found = problems(() => readEnvironment(schema, env));
    expect(found.toSorted()).toEqual([
      `DATABASE_URL_FILE: ${path.join(folder, 'empty')} is empty`,
      'LOG_LEVEL must be one of emergency, alert, critical, fatal, error, warning, warn, notice, info, debug, trace, silent',
      'REDIS_PASSWORD and REDIS_PASSWORD_FILE are both set: give one of them',
      'REDIS_URL and REDIS_URL_FILE are both set: give one of them',
      'SHUTDOWN_TIMEOUT must be a duration such as 500ms, 30s or 5m',
    ]);
    expect(found.join()).not.toContain('hidden');
  });
});

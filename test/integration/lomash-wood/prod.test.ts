import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { exits } from '../support/answer.ts';
import { Authority } from '../support/authority.ts';
import { freePorts } from '../support/free-ports.ts';
import { TestStack } from '../support/test-stack.ts';
import { ManagedStores } from './elsewhere.ts';

/*
 * The stores of Lomash Wood in production: a PostgreSQL and a Redis of somebody else, over TLS by an authority that nobody
 * knows who has not been given it. One of the eight services stands for all. The tests go through one stack, in order.
 */

jest.setTimeout(300_000);

const stack = new TestStack('prod');
let stores: ManagedStores;
let ports: readonly number[];

const THIRD_PARTIES = [
  ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'FCM_SERVER_KEY', 'SES_SMTP_PASSWORD'],
  ...['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET', 'TWILIO_AUTH_TOKEN'],
];

beforeAll(async () => {
  stores = await ManagedStores.start(stack.docker);
  ports = await freePorts(2);
});

afterAll(async () => {
  await stack.slipway('down', '--volumes', '--yes');
  await stack.dispose();
  await stores.end();
}, 120_000);

function configure(postgres: object, redis: object): void {
  const [http, https] = ports;
  const { host, postgresPort, redisPort } = stores;
  stack.configure({
    ...{ system: 'lomash-wood', environment: 'prod', allowSmallHost: true },
    ports: { nginx: { http: `127.0.0.1:${http ?? 0}`, https: `127.0.0.1:${https ?? 0}` } },
    services: {
      postgres: { external: { host, port: postgresPort, ...postgres } },
      redis: { external: { host, port: redisPort, ...redis } },
    },
  });
}

test('an authority that has signed nothing there is refused for both stores, and nothing is touched', async () => {
  const { passwords, host, postgresPort, redisPort } = stores;
  const stranger = await Authority.make('Somebody else');
  configure({ ca: stranger.pem }, {});
  exits(await stack.pulumi('stack', 'init'), 0);
  const values = [...Object.entries(passwords), ...THIRD_PARTIES.map((name) => [name, `of ${name}`])];
  const all = values.map(([name, value]) => `secrets:${name ?? ''}=${value ?? ''}`);
  exits(await stack.pulumi('config', 'set-all', ...all.flatMap((one) => ['--secret', one])), 0);
  const up = exits(await stack.slipway('up', '--yes'), 1);
  const untrusted = (port: number): string => `the certificate of ${host}:${port} is not to be trusted`;
  expect(up.all).toContain(`slipway:services.postgres.external.ca: ${untrusted(postgresPort)}`);
  expect(up.all).toContain(`slipway:services.redis.external.sslmode: ${untrusted(redisPort)}`);
  expect(up.all).not.toContain("it's of");
  expect([await stack.containers(), await stack.networks()]).toEqual([[], []]);
});

test('one of the eight comes up on both over TLS, verified, migrated, twice', async () => {
  const ca = stores.authority.pem;
  configure({ ca }, { ca });
  exits(await stack.slipway('up', '--yes', '--only', 'auth-service', '--skip-smoke'), 0);
  const sessions = `SELECT count(*) > 0, bool_and(ssl) FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)
    WHERE usename = 'lomash_auth'`;
  expect(await stores.sql(sessions)).toBe('t|t');
  expect(await stores.sql(`SELECT to_regclass('migrations') IS NOT NULL`, 'lomash_auth')).toBe('t');
  const running = (await stack.containers('auth-service')).map(({ State }) => State);
  expect(running).toEqual(['running', 'running']);
});

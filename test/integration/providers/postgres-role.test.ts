import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, jest, test } from '@jest/globals';
import { slipwayProvider } from '../../../providers/slipway/provider.ts';
import { ProviderClient, secret, type Wire } from '../../unit/providers/provider-client.ts';
import { attempt, Bed, docker } from '../images/bed.ts';
import { eventually } from '../support/eventually.ts';

const TYPE = 'slipway:index:PostgresRole';

jest.setTimeout(120_000);

const bed = new Bed();
let image: string;
let network: string;
let client: ProviderClient;

beforeAll(async () => {
  image = await bed.build('postgres');
  network = await bed.network();
});

afterAll(() => bed.end());

beforeEach(async () => {
  client = await ProviderClient.start(slipwayProvider);
  await client.configure();
});

afterEach(() => {
  client.close();
});

/** A database with the role `app`, which owns it, that tells every statement in its log; answers its name. */
async function database(name: string, ...options: readonly string[]): Promise<string> {
  const secrets = await bed.volume(`${name}-secrets`, image, 999, { PASSWORD: 'at first' });
  const more = ['--network', network, '--tmpfs', '/run/postgresql:mode=1777'];
  const variables = ['POSTGRES_USER=app', 'POSTGRES_PASSWORD_FILE=/run/secrets/PASSWORD'];
  const container = await bed.run(
    name,
    image,
    [...more, '-v', `${secrets}:/run/secrets:ro`, ...variables.flatMap((each) => ['-e', each]), ...options],
    ['-c', 'log_statement=all'],
  );
  await eventually(() => docker('exec', container, 'pg_isready', '-h', '127.0.0.1', '-U', 'app'));
  return container;
}

async function inputs(container: string, password: string, more: Wire = {}): Promise<Wire> {
  const id = await docker('inspect', '-f', '{{.Id}}', container);
  return { service: 'db', container: id, role: 'app', user: 'app', password: secret(password), ...more };
}

/** What a login from another container says. */
async function login(container: string, password: string): Promise<{ code: number | undefined; output: string }> {
  const args = ['run', '--rm', '--network', network, '-e', `PGPASSWORD=${password}`, image];
  return attempt(...args, 'psql', '-XAtqw', '-c', 'SELECT current_user', `host=${container} user=app dbname=app`);
}

describe('the password of a role', () => {
  // Whatever may stand in one, up to 4 KiB of it.
  const special = `$ ' " \\ % @ : / # ünï ${'x'.repeat(4096)}`.slice(0, 4096);

  test('is the new one once it is set, and the old one no more', async () => {
    const db = await database('own');
    const first = await inputs(db, 'at first');
    const { state } = await client.create(TYPE, first);
    expect(await login(db, 'at first')).toEqual({ code: 0, output: 'app' });

    const second = await inputs(db, special);
    await client.update(TYPE, 'db/app', { olds: first, state, news: second });
    expect(await login(db, special)).toEqual({ code: 0, output: 'app' });
    expect((await login(db, 'at first')).output).toContain('password authentication failed');

    // With every statement in the log, none holds it, and nothing is left of it.
    const log = (await attempt('logs', db)).output;
    expect(log).toContain('ALTER ROLE');
    expect(log).not.toContain('xxxx');
    expect((await attempt('exec', db, 'sh', '-c', 'ls /tmp /dev/shm | grep -v PostgreSQL')).output).not.toMatch(
      /pass/i,
    );
  });

  test('is proven by a login, also where the image trusts 127.0.0.1 and commands run as root, as in the official one', async () => {
    const trusting = ['-e', 'POSTGRES_INITDB_ARGS=--auth-host=trust', '--user', '0'];
    const db = await database('official', ...trusting);
    expect(await docker('exec', db, 'id', '-u')).toBe('0');
    expect((await attempt('exec', db, 'psql', '-Xw', '-h', '127.0.0.1', '-U', 'app', '-c', '')).code).toBe(0);
    await client.create(TYPE, await inputs(db, 'another'));
    expect(await login(db, 'another')).toEqual({ code: 0, output: 'app' });
  });
});

describe('what can’t be', () => {
  test('is told without the password: a role that there is not, a container that does not run', async () => {
    const db = await database('failing');
    const wrong = await inputs(db, 'pass phrase', { role: 'ap' });
    const failed = await client.create(TYPE, wrong).then(String, String);
    expect(failed).toContain('db on unix:///');
    expect(failed).toContain(`the password of role "ap" can't be set: `);
    expect(failed).toContain('role "ap" does not exist');
    expect(failed).not.toContain('SCRAM');
    const nobody = await inputs(db, 'pass phrase', { user: 'nobody' });
    expect(await client.create(TYPE, nobody).then(String, String)).toContain('role "nobody" does not exist');

    await docker('stop', db);
    const stopped = await client.create(TYPE, await inputs(db, 'pass phrase')).then(String, String);
    expect(stopped).toContain('does not run');
    expect(failed + stopped).not.toContain('pass phrase');
  });
});

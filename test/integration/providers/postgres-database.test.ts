import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { slipwayProvider } from '../../../providers/slipway/provider.ts';
import { ProviderClient, secret, type Wire } from '../../unit/providers/provider-client.ts';
import { attempt, Bed, docker } from '../images/bed.ts';
import { eventually } from '../support/eventually.ts';

const DATABASE = 'slipway:index:PostgresDatabase';
const ROLE = 'slipway:index:PostgresRole';

jest.setTimeout(180_000);

const bed = new Bed();
let server: string;
let container: string;
let client: ProviderClient;

beforeAll(async () => {
  const image = await bed.build('postgres');
  const network = await bed.network();
  const secrets = await bed.volume('secrets', image, 999, { PASSWORD: 'of the superuser' });
  server = await bed.run('server', image, [
    ...['--network', network, '--tmpfs', '/run/postgresql:mode=1777', '-v', `${secrets}:/run/secrets:ro`],
    ...['-e', 'POSTGRES_USER=root', '-e', 'POSTGRES_DB=postgres', '-e', 'POSTGRES_PASSWORD_FILE=/run/secrets/PASSWORD'],
  ]);
  container = await docker('inspect', '-f', '{{.Id}}', server);
  await eventually(() => docker('exec', server, 'pg_isready', '-h', '127.0.0.1', '-U', 'root'));
  client = await ProviderClient.start(slipwayProvider);
  await client.configure();
});

afterAll(async () => {
  client.close();
  await bed.end();
});

/** Inputs of a database whose owner is called like it. */
function inputs(database: string, more: Wire = {}): Wire {
  return { service: 'db', container, database, owner: database, admin: 'root', extensions: ['citext'], ...more };
}

/** Makes a database and the password of its owner, as the engine does: `<name>'s password`. */
async function make(database: string, more: Wire = {}): Promise<void> {
  await client.create(DATABASE, inputs(database, more));
  const password = secret(`${database}'s password`);
  await client.create(ROLE, { service: 'db', container, role: database, user: database, database, password });
}

/** What a statement says to a role that logs in over the network, with its password. */
async function ask(role: string, database: string, statement: string): Promise<string> {
  const line = `PGPASSWORD="$0" exec psql -XAtqw -v VERBOSITY=terse -h "$(hostname -i)" -U "$1" -d "$2" -c "$3"`;
  return (await attempt('exec', server, 'sh', '-c', line, `${role}'s password`, role, database, statement)).output;
}

/** The same to the superuser, over the local socket. */
function sql(statement: string, database = 'postgres'): Promise<string> {
  return docker('exec', server, 'psql', '-XAtq', '-U', 'root', '-d', database, '-c', statement);
}

test('each of eight is opened by its owner, and by no other; a ninth is added while the server runs', async () => {
  const eight = Array.from({ length: 8 }, (_, at) => `shop_${at}`);
  await Promise.all(eight.map((name) => make(name)));
  await make('shop_ninth', { extensions: ['citext', 'pg_trgm', 'pgcrypto', 'uuid-ossp'] });
  const all = [...eight, 'shop_ninth'];
  const answers = await Promise.all(
    all.flatMap((role) =>
      all.map(async (database) => ({ role, database, said: await ask(role, database, 'SELECT current_database()') })),
    ),
  );
  for (const { role, database, said } of answers) {
    if (role === database) expect(said).toBe(database);
    else expect(said).toContain(`permission denied for database "${database}"`);
  }
  expect(answers).toHaveLength(81);
  // It is the owner's in full, and that is all the owner has.
  expect(await ask('shop_ninth', 'shop_ninth', 'CREATE TABLE kept (at int); SELECT similarity($$a$$, $$a$$)')).toBe(
    '1',
  );
  expect(await ask('shop_ninth', 'shop_ninth', 'CREATE DATABASE more')).toContain('permission denied');
  expect(await ask('shop_ninth', 'shop_ninth', 'SET ROLE shop_1')).toContain('permission denied');
  expect(await docker('inspect', '-f', '{{.Id}} {{.RestartCount}}', server)).toBe(`${container} 0`);
});

describe('a database that is there', () => {
  test('is adopted with its data, and keeps it when it goes from the description and comes back', async () => {
    await sql('CREATE ROLE adopted CREATEDB');
    await sql('CREATE DATABASE adopted OWNER adopted');
    await sql('CREATE TABLE kept AS SELECT 42 AS answer; ALTER TABLE kept OWNER TO adopted', 'adopted');
    await make('adopted');
    expect(await ask('adopted', 'adopted', 'SELECT answer FROM kept')).toBe('42');
    expect(await sql('SELECT rolcreatedb FROM pg_roles WHERE rolname = $$adopted$$')).toBe('f');

    await client.delete(DATABASE, 'db/adopted', {}, inputs('adopted'));
    expect(await sql('SELECT answer FROM kept', 'adopted')).toBe('42');
    await make('adopted');
    expect(await ask('adopted', 'adopted', 'SELECT answer FROM kept')).toBe('42');
  });

  test('is found to differ where somebody has changed it, and is put right', async () => {
    await make('changed');
    const wanted = inputs('changed');
    const read = () => client.read(DATABASE, 'db/changed', wanted, wanted);
    const changes = async () => client.diff(DATABASE, wanted, wanted, (await read())?.state);
    expect(await changes()).toMatchObject({ changes: false });

    await sql('GRANT CONNECT ON DATABASE changed TO PUBLIC');
    await sql('DROP EXTENSION citext', 'changed');
    expect(await changes()).toMatchObject({ changes: true, replaces: [] });
    await client.update(DATABASE, 'db/changed', { olds: wanted, state: wanted, news: wanted });
    expect(await changes()).toMatchObject({ changes: false });
    expect(await ask('shop_1', 'changed', 'SELECT 1')).toContain('permission denied');
  });

  test('is gone on with where its making was interrupted', async () => {
    await sql('CREATE DATABASE half CONNECTION LIMIT 0 OWNER shop_1');
    const half = inputs('half', { owner: 'shop_1' });
    expect(await ask('shop_1', 'half', 'SELECT 1')).toContain('too many connections');
    await client.create(DATABASE, half);
    expect(await ask('shop_1', 'half', 'SELECT 1')).toBe('1');
  });
});

test('what can’t be made leaves nothing, and says all that is in the way', async () => {
  const missing = await client
    .create(DATABASE, inputs('nothing', { extensions: ['citext', 'nope'] }))
    .then(String, String);
  expect(missing).toContain('db on unix:///');
  expect(missing).toContain('database "nothing" can\'t be made: the server has no extension "nope"');
  expect(await sql('SELECT count(*) FROM pg_roles WHERE rolname = $$nothing$$')).toBe('0');
  expect(await sql('SELECT count(*) FROM pg_database WHERE datname = $$nothing$$')).toBe('0');
  const foreign = await client.create(DATABASE, inputs('shop_2', { owner: 'shop_3' })).then(String, String);
  expect(foreign).toContain('it belongs to role "shop_2" already');
});

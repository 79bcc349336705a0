import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { slipwayProvider } from '../../../../providers/slipway/provider.ts';
import { ProviderClient, secret, UNKNOWN_ON_THE_WIRE as UNKNOWN, type Wire } from '../provider-client.ts';

/** Nothing listens there: what these tests look at must not need an engine. */
const NO_ENGINE = 'unix:///no/such/engine.sock';

let client: ProviderClient;

beforeEach(async () => {
  client = await ProviderClient.start(slipwayProvider);
  await client.configure({ host: NO_ENGINE });
});

afterEach(() => {
  client.close();
});

const replica: Wire = {
  ...{ service: 'api', replica: 1, container: 'c1', networks: { door: ['api'] }, hasHealthcheck: true },
  ...{ healthTimeoutMs: 1000, drainMs: 0, stopGraceMs: 1000 },
};
const file: Wire = { content: secret('s3cr3t'), mode: '0400', uid: 70, gid: 70 };
const files: Wire = { name: 'files', image: 'i', labels: { a: 'b' }, files: { PASSWORD: file } };
const job: Wire = {
  ...{ name: 'migrate', service: 'migrate', image: 'i', command: ['run'], environment: {}, mounts: [], tmpfs: {} },
  ...{ networks: [], labels: {}, readOnly: true, capAdd: [], capDrop: [], securityOpts: [] },
  ...{ timeoutMs: 1000, triggers: {} },
};
const subnets: Wire = { stack: 's', pool: '10.0.0.0/16', networks: { home: 20 }, labels: {} };

const postgresRole: Wire = { service: 'db', container: 'c1', role: 'app', user: 'app', password: secret('s3cr3t') };

const postgresDatabase: Wire = { service: 'db', container: 'c1', database: 'shop', owner: 'app', admin: 'root' };

const RESOURCES: readonly [string, Wire][] = [
  ['slipway:index:Replica', replica],
  ['slipway:index:Files', files],
  ['slipway:index:Job', job],
  ['slipway:index:Subnets', subnets],
  ['slipway:index:PostgresRole', postgresRole],
  ['slipway:index:PostgresDatabase', postgresDatabase],
];

describe.each(RESOURCES)('%s', (type, inputs) => {
  test('accepts good inputs, and names any that it does not know', async () => {
    expect((await client.check(type, inputs)).failures).toEqual([]);
    expect((await client.check(type, { ...inputs, surplus: 1 })).failures).toMatchObject([{ property: 'surplus' }]);
  });

  test('names everything that is missing', async () => {
    const { failures } = await client.check(type, {});
    const wanted = Object.keys(inputs).filter((key) => key !== 'volume');
    expect(failures.map(({ property }) => property).sort()).toEqual(wanted.sort());
  });

  test('accepts what is not known yet', async () => {
    const unknown = Object.fromEntries(Object.keys(inputs).map((key) => [key, UNKNOWN]));
    expect((await client.check(type, unknown)).failures).toEqual([]);
  });

  test('sees no change in equal inputs', async () => {
    const { inputs: checked } = await client.check(type, inputs);
    expect(await client.diff(type, checked, checked)).toMatchObject({ changes: false });
  });

  test('an engine that can’t be reached is an error that names the host', async () => {
    const { inputs: checked } = await client.check(type, inputs);
    const failed = client.create(type, checked).then(String, String);
    expect(await failed).toMatch(/no Docker engine answers/);
    expect(await failed).toContain(NO_ENGINE);
  });
});

describe('configuration', () => {
  test('a host that is none is an error that says what would be accepted', async () => {
    await expect(client.configure({ host: 'ftp://x' })).rejects.toThrow('accepted: unix:///path');
  });

  test('an unknown key is an error that names it', async () => {
    expect((await client.checkConfig({ hots: 'x' })).failures).toMatchObject([{ property: 'hots' }]);
  });
});

describe('a replica', () => {
  test('is updated, never replaced, even when its container is not known yet', async () => {
    for (const change of [{ container: UNKNOWN }, { container: 'c2' }, { service: 'x' }, { networks: {} }]) {
      const diff = await client.diff('slipway:index:Replica', replica, { ...replica, ...change });
      expect(diff).toMatchObject({ changes: true, replaces: [] });
    }
  });

  test('previews without an engine: only a new container’s time is not known', async () => {
    const state = { ...replica, healthyAfterMs: 5 };
    const of = (news: Wire) =>
      client.update('slipway:index:Replica', 'api-1', { olds: replica, state, news, preview: true });
    expect(await of({ ...replica, container: UNKNOWN })).toMatchObject({ container: UNKNOWN, healthyAfterMs: UNKNOWN });
    expect(await of({ ...replica, drainMs: 7 })).toMatchObject({ drainMs: 7, healthyAfterMs: 5 });
  });
});

describe('files', () => {
  test('the volume is named at random, the same in preview and up, and keeps its name', async () => {
    const { inputs } = await client.check('slipway:index:Files', files);
    expect(inputs['volume']).toMatch(/^files-[0-9a-f]{7}$/);
    const preview = await client.create('slipway:index:Files', inputs, { preview: true });
    expect(preview.state['volume']).toBe(inputs['volume']);
    const again = await client.check('slipway:index:Files', files, { ...inputs, volume: 'files-abcdef0' });
    expect(again.inputs['volume']).toBe('files-abcdef0');
  });

  test('any change of what stands in the volume replaces it, create-first; another helper image does not', async () => {
    const replaced = { ...files, files: { PASSWORD: { ...file, content: secret('other') } } };
    expect(await client.diff('slipway:index:Files', files, replaced)).toMatchObject({
      replaces: ['files'],
      deleteBeforeReplace: false,
      detailed: { 'files.PASSWORD.content': 'UPDATE_REPLACE' },
    });
    const mode = { ...files, files: { PASSWORD: { ...file, mode: '0440' } } };
    expect(await client.diff('slipway:index:Files', files, mode)).toMatchObject({ replaces: ['files'] });
    const image = await client.diff('slipway:index:Files', files, { ...files, image: UNKNOWN });
    expect(image).toMatchObject({ changes: true, replaces: [] });
  });

  test('contents stay secret in the inputs, and out of the outputs', async () => {
    const { inputs } = await client.check('slipway:index:Files', files);
    expect(inputs).toMatchObject({ files: { PASSWORD: { content: secret('s3cr3t'), uid: 70 } } });
    const { state } = await client.create('slipway:index:Files', inputs, { preview: true });
    expect(JSON.stringify(state)).not.toContain('s3cr3t');
  });

  test('paths stay below the volume, modes are octal', async () => {
    const bad = { '/etc/x': file, '../x': file, 'a//b': file, ok: { ...file, mode: '0999' } };
    const { failures } = await client.check('slipway:index:Files', { ...files, files: bad });
    expect(failures.map(({ property }) => property).sort()).toEqual(
      ['files["../x"]', 'files["/etc/x"]', 'files["a//b"]', 'files.ok.mode'].sort(),
    );
  });
});

describe('a job', () => {
  test('is updated in place for any change, and previews what a run would tell as unknown', async () => {
    const news = { ...job, image: UNKNOWN, triggers: { a: '1' } };
    expect(await client.diff('slipway:index:Job', job, news)).toMatchObject({
      replaces: [],
      detailed: { image: 'UPDATE', 'triggers.a': 'ADD' },
    });
    const state = { ...job, exitCode: 0, finishedAt: 't', durationMs: 1, containerId: 'c' };
    const preview = await client.update('slipway:index:Job', 'migrate', { olds: job, state, news, preview: true });
    expect(preview).toMatchObject({ exitCode: UNKNOWN, containerId: UNKNOWN });
  });
});

describe('subnets', () => {
  const state = { ...subnets, subnets: { home: '10.0.1.0/27' }, record: 'r' };
  const preview = async (news: Wire) =>
    (await client.update('slipway:index:Subnets', 's', { olds: subnets, state, news, preview: true }))['subnets'];

  test('a preview knows those that stay', async () => {
    expect(await preview({ ...subnets, networks: { home: 20, door: 5 } })).toEqual({
      home: '10.0.1.0/27',
      door: UNKNOWN,
    });
  });

  test('one that is too small, or not in the pool any more, is not known', async () => {
    expect(await preview({ ...subnets, networks: { home: 40 } })).toEqual({ home: UNKNOWN });
    expect(await preview({ ...subnets, pool: '10.1.0.0/16' })).toEqual({ home: UNKNOWN });
    expect(await preview({ ...subnets, networks: UNKNOWN })).toBe(UNKNOWN);
  });
});

describe('the password of a role', () => {
  const type = 'slipway:index:PostgresRole';

  test('is set anew where anything changes, without a replacement', async () => {
    for (const change of [{ container: UNKNOWN }, { password: secret('other') }, { role: 'x' }]) {
      const diff = await client.diff(type, postgresRole, { ...postgresRole, ...change });
      expect(diff).toMatchObject({ changes: true, replaces: [] });
    }
  });

  test('is in no output, and in no message about one that can’t be', async () => {
    const { state } = await client.create(type, postgresRole, { preview: true });
    expect(JSON.stringify(state)).not.toContain('s3cr3t');
    const { failures } = await client.check(type, { ...postgresRole, password: secret('s3cr3t\n') });
    expect(failures).toEqual([{ property: 'password', reason: 'it has several lines; accepted: a single line' }]);
  });

  test('previews, is read and goes without an engine', async () => {
    const args = { olds: postgresRole, state: {}, news: { ...postgresRole, role: 'x' }, preview: true };
    expect(await client.update(type, 'db/app', args)).toMatchObject({ role: 'x' });
  });
});

describe('a database', () => {
  const type = 'slipway:index:PostgresDatabase';

  test('is seen to anew where anything changes; under another name it is another one', async () => {
    for (const change of [{ container: UNKNOWN }, { owner: 'x' }, { extensions: ['citext'] }]) {
      const diff = await client.diff(type, postgresDatabase, { ...postgresDatabase, ...change });
      expect(diff).toMatchObject({ changes: true, replaces: [] });
    }
    const renamed = await client.diff(type, postgresDatabase, { ...postgresDatabase, database: 'shops' });
    expect(renamed).toMatchObject({ replaces: ['database'] });
  });

  test('previews without an engine', async () => {
    const inputs = { ...postgresDatabase, container: UNKNOWN };
    expect((await client.create(type, inputs, { preview: true })).state).toMatchObject({ owner: 'app' });
  });

  test('has a name that psql takes for nothing else', async () => {
    const { failures } = await client.check(type, { ...postgresDatabase, database: 'host=elsewhere' });
    expect(failures).toMatchObject([{ property: 'database' }]);
  });
});

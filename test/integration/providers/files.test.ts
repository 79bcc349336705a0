import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { slipwayProvider } from '../../../providers/slipway/provider.ts';
import { ProviderClient, secret, type Wire } from '../../unit/providers/provider-client.ts';
import { plainText } from '../../../providers/slipway/host/logs.ts';
import { eventually } from '../support/eventually.ts';
import { IMAGE, Scratch } from './scratch.ts';

const TYPE = 'slipway:index:Files';

jest.setTimeout(60_000);

let scratch: Scratch;
let client: ProviderClient;

beforeEach(async () => {
  scratch = new Scratch();
  client = await ProviderClient.start(slipwayProvider);
  await client.configure();
});

afterEach(async () => {
  client.close();
  await scratch.dispose();
});

function inputs(files: Wire, more: Wire = {}): Wire {
  return { name: `${scratch.name}-files`, image: IMAGE, labels: scratch.labels(), files, ...more };
}

function file(content: unknown, mode = '0400', uid = 70): Wire {
  return { content, mode, uid, gid: uid };
}

/** What Pulumi does to make one: check, then create. */
async function make(given: Wire): Promise<{ id: string; state: Wire; checked: Wire }> {
  const { inputs: checked, failures } = await client.check(TYPE, given);
  expect(failures).toEqual([]);
  return { ...(await client.create(TYPE, checked)), checked };
}

test('files have their contents, owners and modes, and read-only services can read them as their own user alone', async () => {
  const binary = 'line one\nline two\n';
  const { id } = await make(
    inputs({ DB_PASSWORD: file(secret('s3cr3t')), 'conf.d/a.conf': file(binary, '0444', 0), empty: file('') }),
  );
  const look = (shell: string, user: string) =>
    scratch.output(shell, { User: user, HostConfig: { Binds: [`${id}:/files:ro`], ReadonlyRootfs: true } });
  const list = 'cd /files && stat -c "%n %a %u:%g" . DB_PASSWORD conf.d conf.d/a.conf empty';
  expect((await look(list, '0')).trim().split('\n')).toEqual([
    '. 755 0:0',
    'DB_PASSWORD 400 70:70',
    'conf.d 755 0:0',
    'conf.d/a.conf 444 0:0',
    'empty 400 70:70',
  ]);
  expect(await look('cat /files/DB_PASSWORD /files/conf.d/a.conf', '70')).toBe(`s3cr3t${binary}`);
  expect(await look('cat /files/DB_PASSWORD', '71')).toContain('Permission denied');
});

test('the volume carries the labels, no file stands in clear in the state, and the helper is gone', async () => {
  const { id, state } = await make(inputs({ a: file(secret('s3cr3t')) }, { labels: scratch.labels({ extra: 'yes' }) }));
  expect(await scratch.docker.getVolume(id).inspect()).toMatchObject({ Labels: scratch.labels({ extra: 'yes' }) });
  expect(JSON.stringify(state)).not.toContain('s3cr3t');
  expect(state['volume']).toBe(id);
  const filters = { label: [`slipway.instance=${scratch.name}`] };
  expect(await scratch.docker.listContainers({ all: true, filters })).toEqual([]);
});

test('a volume that can’t be filled is removed, and the error names the volume, the host and the cause', async () => {
  const failed = make(inputs({ a: file('x') }, { image: 'no-such-image:latest' }));
  await expect(failed).rejects.toThrow(
    /volume .*-files-[0-9a-f]{7} can't be filled on unix:\/\/\/var\/run\/docker.sock: .*No such image/,
  );
  const { Volumes } = await scratch.docker.listVolumes({ filters: { name: [scratch.name] } });
  expect(Volumes).toEqual([]);
});

test('a volume that exists already is not touched', async () => {
  const { id, checked } = await make(inputs({ a: file('x') }));
  await expect(client.create(TYPE, checked)).rejects.toThrow(
    `volume ${id} on unix:///var/run/docker.sock exists already`,
  );
  await expect(scratch.docker.getVolume(id).inspect()).resolves.toBeDefined();
});

test('with a signal to reload at, other contents are written into the volume, and who has it reads them again', async () => {
  const given = (content: string, more: Wire = {}) =>
    inputs({ a: file(content, '0400', 0) }, { reload: 'SIGHUP', ...more });
  const { id, state, checked } = await make(given('one'));
  const shell = 'read() { cat /files/a; echo; }; trap read HUP; read; while :; do sleep 0.1; done';
  const reader = await scratch.run(shell, { HostConfig: { Binds: [`${id}:/files:ro`] } });
  const { inputs: news } = await client.check(TYPE, given('two'), checked);
  expect(await client.diff(TYPE, checked, news, state)).toMatchObject({ replaces: [] });
  await client.update(TYPE, id, { olds: checked, state, news });
  await eventually(async () => {
    const log = plainText(await scratch.docker.getContainer(reader).logs({ stdout: true, stderr: true }));
    expect(log.split('\n').filter((line) => line !== '')).toEqual(['one', 'two']);
  });
  expect(await scratch.output('stat -c "%a %u" /files/a', { HostConfig: { Binds: [`${id}:/files:ro`] } })).toBe(
    '400 0\n',
  );
  // Another name is nothing that a running process knows of.
  const other = inputs({ b: file('two') }, { reload: 'SIGHUP' });
  const { inputs: renamed } = await client.check(TYPE, other, checked);
  expect((await client.diff(TYPE, checked, renamed, state)).replaces).not.toEqual([]);
});

test('a command that reads them again learns what stood there until now, and its failure is told with what it says', async () => {
  const command = ['sh', '-c', 'read -r before; echo "$before then $(cat /files/a)" >> /tmp/log; test "$before" = one'];
  const given = (content: string) =>
    inputs({ a: file(content, '0400', 0) }, { reload: { command, input: 'a' } as unknown as Wire });
  const { id, state, checked } = await make(given('one'));
  const reader = await scratch.run('touch /tmp/log; tail -f /tmp/log', { HostConfig: { Binds: [`${id}:/files:ro`] } });
  const { inputs: second } = await client.check(TYPE, given('two'), checked);
  expect(await client.diff(TYPE, checked, second, state)).toMatchObject({ replaces: [] });
  await client.update(TYPE, id, { olds: checked, state, news: second });
  const { inputs: third } = await client.check(TYPE, given('three'), second);
  await expect(client.update(TYPE, id, { olds: second, state, news: third })).rejects.toThrow(
    /container .* can't be told to read its files again/,
  );
  await eventually(async () => {
    const log = plainText(await scratch.docker.getContainer(reader).logs({ stdout: true, stderr: true }));
    expect(log.split('\n').filter((line) => line !== '')).toEqual(['one then two', 'two then three']);
  });
});

test('a volume that is gone reads as gone', async () => {
  const { id, state, checked } = await make(inputs({ a: file('x') }));
  expect((await client.read(TYPE, id, state, checked))?.state).toEqual(state);
  await scratch.docker.getVolume(id).remove();
  expect(await client.read(TYPE, id, state, checked)).toBeNull();
});

test('a delete waits for the container that still uses the volume, and is content when it is gone', async () => {
  const { id, state } = await make(inputs({ a: file('x') }));
  const user = await scratch.run('sleep 300', { HostConfig: { Binds: [`${id}:/files`] } });
  const deleted = client.delete(TYPE, id, state);
  await scratch.docker.getContainer(user).remove({ force: true });
  await deleted;
  await expect(scratch.docker.getVolume(id).inspect()).rejects.toThrow('no such volume');
  await client.delete(TYPE, id, state);
});

import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { slipwayProvider } from '../../../providers/slipway/provider.ts';
import { ProviderClient, type Wire } from '../../unit/providers/provider-client.ts';
import { eventually } from '../support/eventually.ts';
import { IMAGE, Scratch } from './scratch.ts';

const TYPE = 'slipway:index:Job';

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

function inputs(shell: string, more: Wire = {}): Wire {
  return {
    ...{ name: `${scratch.name}-migrate`, service: 'migrate', image: IMAGE, command: ['sh', '-c', shell] },
    ...{ environment: {}, mounts: [], tmpfs: {}, networks: [], triggers: {}, timeoutMs: 20_000 },
    ...{ readOnly: false, capAdd: [], capDrop: [], securityOpts: ['no-new-privileges:true'] },
    labels: scratch.labels({ 'slipway.kind': 'job', 'slipway.service': 'migrate' }),
    ...more,
  };
}

async function runs(): Promise<{ Id: string; State: string }[]> {
  return scratch.docker.listContainers({
    all: true,
    filters: { label: ['slipway.kind=job', `slipway.instance=${scratch.name}`] },
  });
}

test('a job runs to its end with everything it was given, and its container is kept for its log', async () => {
  const [network, side] = await Promise.all([scratch.network('home'), scratch.network('side')]);
  const volume = `${scratch.name}-data`;
  await scratch.docker.createVolume({ Name: volume, Labels: scratch.labels() });
  const shell =
    'test "$COLOUR" = blue && touch /data/done /tmp/scratch && getent hosts $(hostname) && ! touch /x && id -u';
  const { id, state } = await client.create(
    TYPE,
    inputs(shell, {
      environment: { COLOUR: 'blue' },
      mounts: [{ volume, path: '/data', readOnly: false }],
      tmpfs: { '/tmp': 'size=1048576,mode=1777' },
      networks: [
        { network, aliases: ['migrate'] },
        { network: side, aliases: [] },
      ],
      ...{ readOnly: true, memory: 64 * 2 ** 20, cpus: 0.5, capDrop: ['ALL'] },
      ...{ logDriver: 'json-file', logOpts: { 'max-size': '1m' }, user: '0' },
    }),
  );
  expect(id).toBe(`${scratch.name}-migrate`);
  expect(state).toMatchObject({ exitCode: 0, durationMs: expect.any(Number), finishedAt: expect.any(String) });
  const { State, HostConfig, NetworkSettings, Config } = await scratch.inspect(String(state['containerId']));
  expect(State.Status).toBe('exited');
  expect(HostConfig).toMatchObject({ Memory: 64 * 2 ** 20, MemorySwap: 64 * 2 ** 20, NanoCpus: 5e8, CapDrop: ['ALL'] });
  expect(Object.keys(NetworkSettings.Networks).sort()).toEqual([network, side].sort());
  expect(Config.Labels).toMatchObject({ 'slipway.service': 'migrate' });
});

test('a run that fails fails with its code and last lines; its container is kept until the next run', async () => {
  const failed = client
    .create(TYPE, inputs('seq 30; sleep 0.2; echo relation exists >&2; exit 4'))
    .then(String, String);
  const message = await failed;
  expect(message).toContain('migrate (job) on unix:///var/run/docker.sock failed: it ended with code 4');
  expect(message).toContain('  | relation exists');
  expect(message).not.toContain('  | 11\n');
  expect(message).toContain('run up again');
  expect(await runs()).toMatchObject([{ State: 'exited' }]);
  const { state } = await client.create(TYPE, inputs('true'));
  expect((await runs()).map(({ Id }) => Id)).toEqual([state['containerId']]);
});

test('a job that takes too long is stopped, and has failed', async () => {
  const failed = client.create(TYPE, inputs('trap "exit 0" TERM; sleep 300 & wait', { timeoutMs: 1000 }));
  await expect(failed).rejects.toThrow('it had not ended after 1.0 s, and was stopped');
  expect(await runs()).toMatchObject([{ State: 'exited' }]);
});

test('a job that is killed for lack of memory says so', async () => {
  const failed = client.create(TYPE, inputs('head -c 100m /dev/zero | tail', { memory: 16 * 2 ** 20 }));
  // The kernel's kill may come to the engine's ears too late.
  await expect(failed).rejects.toThrow(/with code 137, killed (?:by SIGKILL, most likely )?for lack of memory/);
});

test('a job that can’t be started says why, and leaves nothing behind', async () => {
  const failed = client.create(TYPE, inputs('true', { entrypoint: ['/no/such/program'] }));
  await expect(failed).rejects.toThrow(
    /migrate \(job\) on unix:\/\/\/var\/run\/docker.sock can't be started: .*no such file/,
  );
  expect(await runs()).toEqual([]);
});

test('a cancel stops it', async () => {
  const failed = client.create(TYPE, inputs('trap "exit 0" TERM; sleep 300 & wait')).then(String, String);
  await eventually(async () => {
    expect(await runs()).toMatchObject([{ State: 'running' }]);
  });
  await client.cancel();
  expect(await failed).toContain('it was interrupted, and stopped');
  expect(await runs()).toMatchObject([{ State: 'exited' }]);
});

test('only changed inputs make a difference; a run whose container was cleared away still counts', async () => {
  const olds = inputs('true');
  const { id, state } = await client.create(TYPE, olds);
  expect(await client.diff(TYPE, olds, inputs('true'), state)).toMatchObject({ changes: false });
  const news = inputs('true', { triggers: { schema: '2' } });
  expect(await client.diff(TYPE, olds, news, state)).toMatchObject({
    replaces: [],
    detailed: { 'triggers.schema': 'ADD' },
  });
  await scratch.docker.getContainer(String(state['containerId'])).remove();
  expect((await client.read(TYPE, id, state, olds))?.state).toEqual(state);
});

test('an update runs it again and clears the run before it away; a delete clears all', async () => {
  const [olds, news] = [inputs('true'), inputs('true', { triggers: { schema: '2' } })];
  const { id, state } = await client.create(TYPE, olds);
  const updated = await client.update(TYPE, id, { olds, state, news });
  expect(updated['containerId']).not.toBe(state['containerId']);
  expect((await runs()).map(({ Id }) => Id)).toEqual([updated['containerId']]);
  await client.delete(TYPE, id, updated, news);
  expect(await runs()).toEqual([]);
});

test('an update that fails keeps the run that the state names, and goes with the next one', async () => {
  const [olds, news] = [inputs('true'), inputs('exit 3')];
  const { id, state } = await client.create(TYPE, olds);
  await expect(client.update(TYPE, id, { olds, state, news })).rejects.toThrow('it ended with code 3');
  expect(await runs()).toHaveLength(2);
  expect((await runs()).map(({ Id }) => Id)).toContain(state['containerId']);
  const mended = inputs('true', { triggers: { schema: '2' } });
  const updated = await client.update(TYPE, id, { olds, state, news: mended });
  expect((await runs()).map(({ Id }) => Id)).toEqual([updated['containerId']]);
});

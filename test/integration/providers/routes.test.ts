import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { slipwayProvider } from '../../../providers/slipway/provider.ts';
import { ProviderClient, type Wire } from '../../unit/providers/provider-client.ts';
import { eventually } from '../support/eventually.ts';
import { READY_CHECK, Scratch } from './scratch.ts';

/*
 * Replicas behind an edge: whom its list names, when it is told, and what becomes of a list that it does not take. The edge
 * here writes down each list that it is told of.
 */

const TYPE = 'slipway:index:Replica';
const HEALTHY = 'touch /ready; trap "exit 0" TERM; sleep 300 & wait';

jest.setTimeout(90_000);

let scratch: Scratch;
let client: ProviderClient;
let home: string;
let door: string;
let lists: string;
let edge: string;

beforeEach(async () => {
  scratch = new Scratch();
  client = await ProviderClient.start(slipwayProvider);
  await client.configure();
  [home, door] = await Promise.all([scratch.network('home'), scratch.network('door')]);
  lists = `${scratch.name}-lists`;
  await scratch.docker.createVolume({ Name: lists, Labels: scratch.labels() });
});

afterEach(async () => {
  client.close();
  await scratch.dispose();
});

async function startEdge(): Promise<void> {
  edge = await scratch.run('touch /seen; trap "exit 0" TERM; sleep 300 & wait', {
    HostConfig: { NetworkMode: home, Binds: [`${lists}:/lists:ro`] },
  });
}

function replica(number: number, shell = HEALTHY): Promise<string> {
  return scratch.run(shell, {
    Healthcheck: READY_CHECK,
    HostConfig: { NetworkMode: home },
    Labels: { 'slipway.kind': 'service', 'slipway.service': 'api', 'slipway.replica': String(number) },
  });
}

/** Refuses a list that names nobody whom it may name; writes down the others, in one line each. */
const RELOAD = [
  'sh',
  '-c',
  'test ! -e /refusing || { echo "not now" >&2; exit 1; }; grep ^to /lists/api.conf | cut -d" " -f2 | tr "\\n" " " >> /seen; echo >> /seen',
];

function inputs(number: number, container: string, more: Wire = {}): Wire {
  const route = { volume: lists, file: 'api.conf', list: '# api\nto {container} now\n', reload: RELOAD };
  return {
    ...{ service: 'api', replica: number, container, networks: { [door]: ['api'] }, routes: [route] },
    ...{ healthTimeoutMs: 20_000, drainMs: 0, stopGraceMs: 3000, hasHealthcheck: true },
    ...more,
  };
}

async function nameOf(container: string): Promise<string> {
  return (await scratch.inspect(container)).Name.slice(1);
}

/** The lists that the edge was told of, each as the names in it. */
async function seen(): Promise<string[][]> {
  const { output } = await scratch.exec(edge, ['cat', '/seen']);
  return output.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim().split(' ')]));
}

async function list(): Promise<string> {
  return scratch.output('cat /lists/api.conf', { HostConfig: { Binds: [`${lists}:/lists:ro`] } });
}

test('a list is there before the edge, names who is healthy, and is read again only when it changes', async () => {
  const [one, two] = [await replica(1), await replica(2, `sleep 2; ${HEALTHY}`)];
  await client.create(TYPE, inputs(1, one));
  expect(await list()).toBe(`# api\nto ${await nameOf(one)} now\n`);
  await startEdge();
  const { id, state } = await client.create(TYPE, inputs(2, two));
  const both = [await nameOf(one), await nameOf(two)].sort();
  expect(await seen()).toEqual([both]);
  await client.update(TYPE, id, { olds: inputs(2, two), state, news: inputs(2, two, { stopGraceMs: 4000 }) });
  expect(await seen()).toEqual([both]);
});

test('a new container stands in the list before the old one leaves it, and the old one is asked to stop after that', async () => {
  const old = await replica(1);
  const { id, state } = await client.create(TYPE, inputs(1, old));
  await startEdge();
  const [olds, next] = [inputs(1, old), await replica(1)];
  await client.update(TYPE, id, { olds, state, news: inputs(1, next) });
  const [before, after] = [await nameOf(old), await nameOf(next)];
  expect(await seen()).toEqual([[before, after].sort(), [after]]);
  expect((await scratch.inspect(old)).State).toMatchObject({ Running: false, ExitCode: 0 });
});

test('a list that a killed release has written, and nobody has read, is read before the old container goes', async () => {
  const old = await replica(1);
  const { id, state } = await client.create(TYPE, inputs(1, old));
  await startEdge();
  const [olds, next] = [inputs(1, old), await replica(1)];
  const [before, after] = [await nameOf(old), await nameOf(next)];
  const write = `printf '# api\\nto ${after} now\\n' > /lists/api.conf`;
  await scratch.output(write, { HostConfig: { Binds: [`${lists}:/lists`] } });
  await client.update(TYPE, id, { olds, state, news: inputs(1, next) });
  expect(await seen()).toEqual([[before, after].sort(), [after]]);
  expect((await scratch.inspect(old)).State.Running).toBe(false);
});

test('where others are known to the edge, one step is enough; who leaves for good leaves the list first', async () => {
  const [one, two] = [await replica(1), await replica(2)];
  const first = await client.create(TYPE, inputs(1, one));
  const second = await client.create(TYPE, inputs(2, two));
  await startEdge();
  const next = await replica(1);
  await client.update(TYPE, first.id, { olds: inputs(1, one), state: first.state, news: inputs(1, next) });
  const rest = [await nameOf(next), await nameOf(two)].sort();
  expect(await seen()).toEqual([rest]);
  await client.delete(TYPE, second.id, second.state, inputs(2, two));
  expect(await seen()).toEqual([rest, [await nameOf(next)]]);
});

test('replicas that come at once are all in the list in the end', async () => {
  await startEdge();
  const all = await Promise.all([1, 2, 3, 4].map((number) => replica(number)));
  await Promise.all(all.map((container, at) => client.create(TYPE, inputs(at + 1, container))));
  expect((await seen()).at(-1)).toEqual((await Promise.all(all.map(nameOf))).sort());
});

test('an edge that does not take a list keeps the one before, and the old container serves on', async () => {
  const old = await replica(1);
  const { id, state } = await client.create(TYPE, inputs(1, old));
  await startEdge();
  await scratch.exec(edge, ['touch', '/refusing']);
  const before = await list();
  const next = await replica(1);
  const update = client.update(TYPE, id, { olds: inputs(1, old), state, news: inputs(1, next) });
  await expect(update).rejects.toThrow(
    new RegExp(`${await nameOf(edge)} does not take the list api.conf, and goes on with the one before.*not now`),
  );
  expect(await list()).toBe(before);
  expect((await scratch.inspect(old)).State.Running).toBe(true);
  // Mended, an unchanged retry ends what was begun.
  await scratch.exec(edge, ['rm', '/refusing']);
  await client.update(TYPE, id, { olds: inputs(1, old), state, news: inputs(1, next) });
  expect(await list()).toBe(`# api\nto ${await nameOf(next)} now\n`);
  expect((await scratch.inspect(old)).State.Running).toBe(false);
});

test('of several edges, one that is not healthy keeps no release from the others', async () => {
  const old = await replica(1);
  const { id, state } = await client.create(TYPE, inputs(1, old));
  const refuses = (healthy: boolean) =>
    scratch.run('touch /refusing; trap "exit 0" TERM; sleep 300 & wait', {
      Healthcheck: { ...READY_CHECK, Test: ['CMD-SHELL', healthy ? 'exit 0' : 'exit 1'] },
      HostConfig: { NetworkMode: home, Binds: [`${lists}:/lists:ro`] },
    });
  await startEdge();
  await refuses(false);
  const next = await replica(1);
  const state2 = await client.update(TYPE, id, { olds: inputs(1, old), state, news: inputs(1, next) });
  expect((await seen()).at(-1)).toEqual([await nameOf(next)]);
  const other = await refuses(true);
  await eventually(async () => {
    expect((await scratch.inspect(other)).State.Health?.Status).toBe('healthy');
  });
  const last = await replica(1);
  const update = client.update(TYPE, id, { olds: inputs(1, next), state: state2, news: inputs(1, last) });
  await expect(update).rejects.toThrow(new RegExp(`${await nameOf(other)} does not take the list api.conf`));
  expect((await scratch.inspect(next)).State.Running).toBe(true);
});

test('the old container drains until the edge says so, and no longer than it may', async () => {
  await startEdge();
  const waits = (drainMs: number) => ({
    drainMs,
    routes: [
      {
        ...{ volume: lists, file: 'api.conf', list: 'to {container} now\n', reload: RELOAD },
        drained: ['sh', '-c', 'for i in $(seq $(($1 * 10))); do test -e /drained && exit; sleep 0.1; done', 'drained'],
      },
    ],
  });
  const old = await replica(1);
  const { id, state } = await client.create(TYPE, inputs(1, old, waits(60_000)));
  const next = await replica(1);
  const updated = client.update(TYPE, id, {
    ...{ olds: inputs(1, old, waits(60_000)), state, news: inputs(1, next, waits(1000)) },
  });
  await eventually(async () => {
    expect((await seen()).at(-1)).toEqual([await nameOf(next)]);
  });
  expect((await scratch.inspect(old)).State.Running).toBe(true);
  await scratch.exec(edge, ['touch', '/drained']);
  const state2 = await updated;
  expect((await scratch.inspect(old)).State.Running).toBe(false);
  await scratch.exec(edge, ['rm', '/drained']);
  const last = await replica(1);
  const begun = Date.now();
  await client.update(TYPE, id, { olds: inputs(1, next, waits(1000)), state: state2, news: inputs(1, last) });
  expect(Date.now() - begun).toBeGreaterThanOrEqual(1000);
  expect((await scratch.inspect(next)).State.Running).toBe(false);
});

test('a cancel while the old container drains leaves it running, and the next up drains and stops it', async () => {
  await startEdge();
  const drains = {
    drainMs: 60_000,
    routes: [
      {
        ...{ volume: lists, file: 'api.conf', list: 'to {container} now\n', reload: RELOAD },
        drained: ['sh', '-c', 'touch /asked; until test -e /drained; do sleep 0.1; done'],
      },
    ],
  };
  const old = await replica(1);
  const { id, state } = await client.create(TYPE, inputs(1, old, drains));
  const next = await replica(1);
  const change = { olds: inputs(1, old, drains), state, news: inputs(1, next, drains) };
  const update = client.update(TYPE, id, change).catch(String);
  await eventually(async () => {
    expect((await scratch.exec(edge, ['ls', '/'])).output).toContain('asked');
  });
  await client.cancel();
  expect(await update).toContain('interrupted while draining');
  expect((await scratch.inspect(old)).State.Running).toBe(true);
  client.close();
  client = await ProviderClient.start(slipwayProvider);
  await client.configure();
  const again = client.update(TYPE, id, change);
  await scratch.exec(edge, ['touch', '/drained']);
  await again;
  expect((await scratch.inspect(old)).State.Running).toBe(false);
});

test('a release that dies soon after its first good check does not take over', async () => {
  const old = await replica(1);
  const ready = { minReadyMs: 5000 };
  const { id, state } = await client.create(TYPE, inputs(1, old, ready));
  const next = await replica(1, 'touch /ready; sleep 2.5; echo out of luck; exit 3');
  const update = client.update(TYPE, id, { olds: inputs(1, old, ready), state, news: inputs(1, next, ready) });
  await expect(update).rejects.toThrow(/it was healthy for \d\.\d s only: it exited with code 3[^]*out of luck/);
  expect((await scratch.inspect(old)).State.Running).toBe(true);
  expect(await list()).toBe(`# api\nto ${await nameOf(old)} now\n`);
});

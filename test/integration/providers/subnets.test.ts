import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { overlaps, parseCidr, type Block } from '../../../config/plan/cidr.ts';
import { slipwayProvider } from '../../../providers/slipway/provider.ts';
import { ProviderClient, UNKNOWN_ON_THE_WIRE, type Wire } from '../../unit/providers/provider-client.ts';
import { Scratch } from './scratch.ts';

const TYPE = 'slipway:index:Subnets';
/** Documentation addresses: nobody's, and a pool small enough that stacks get in each other's way. */
const POOL = '198.18.0.0/22';

jest.setTimeout(60_000);

let scratch: Scratch;
let others: Scratch[];
let client: ProviderClient;

beforeEach(async () => {
  scratch = new Scratch();
  others = [];
  client = await ProviderClient.start(slipwayProvider);
  await client.configure();
});

afterEach(async () => {
  client.close();
  await Promise.all([scratch, ...others].map((each) => each.dispose()));
});

function other(): Scratch {
  const made = new Scratch();
  others.push(made);
  return made;
}

function inputs(networks: Wire, owner = scratch, pool = POOL): Wire {
  return { stack: owner.name, pool, networks, labels: owner.labels() };
}

async function records(owner = scratch): Promise<string[]> {
  const { Volumes } = await scratch.docker.listVolumes({ filters: { label: [`slipway.instance=${owner.name}`] } });
  return Volumes.map(({ Name, Labels }) => `${Name} ${Labels['slipway.subnets'] ?? ''}`);
}

function subnetsOf(state: Wire): Record<string, string> {
  return state['subnets'] as Record<string, string>;
}

function block(cidr: string | undefined): Block {
  const parsed = parseCidr(cidr ?? '');
  if (!parsed) throw new Error(`${String(cidr)} is not a subnet`);
  return parsed;
}

test('each network gets a subnet of the pool that is large enough, reserved by a record with the labels', async () => {
  const { id, state } = await client.create(TYPE, inputs({ home: 60, door: 5 }));
  const { home, door } = subnetsOf(state);
  expect(id).toBe(`${scratch.name}-subnets`);
  expect([block(home).size, block(door).size]).toEqual([64, 8]);
  expect(overlaps(block(home), block(POOL)) && overlaps(block(door), block(POOL))).toBe(true);
  expect(overlaps(block(home), block(door))).toBe(false);
  expect(await records()).toEqual([`${String(state['record'])} ${String(door)},${String(home)}`]);
});

test('eight stacks that allocate at the same moment never get the same subnet', async () => {
  const stacks = Array.from({ length: 8 }, other);
  const states = await Promise.all(
    stacks.map(async (stack) => (await client.create(TYPE, inputs({ a: 28, b: 28, c: 28 }, stack))).state),
  );
  const blocks = states.flatMap((state) => Object.values(subnetsOf(state)).map(block));
  expect(blocks).toHaveLength(24);
  for (const [at, one] of blocks.entries()) {
    expect(blocks.slice(at + 1).filter((another) => overlaps(one, another))).toEqual([]);
  }
  for (const stack of stacks) expect(await records(stack)).toHaveLength(1);
});

test('a subnet that a network on the host has is not chosen', async () => {
  const [taken, pool] = ['198.18.4.0/25', '198.18.4.0/24'];
  await scratch.docker.createNetwork({
    Name: `${scratch.name}-foreign`,
    Labels: { 'slipway.instance': scratch.name },
    IPAM: { Config: [{ Subnet: taken }] },
  });
  const { state } = await client.create(TYPE, inputs({ home: 100 }, scratch, pool));
  expect(subnetsOf(state)).toEqual({ home: '198.18.4.128/25' });
});

test('what stays wanted keeps its subnet when networks come and go; the record follows', async () => {
  const olds = inputs({ home: 10, door: 5 });
  const { id, state } = await client.create(TYPE, olds);
  const news = inputs({ home: 10, egress: 5 });
  expect(await client.diff(TYPE, olds, news, state)).toMatchObject({
    replaces: [],
    detailed: { 'networks.door': 'DELETE', 'networks.egress': 'ADD' },
  });
  const preview = await client.update(TYPE, id, { olds, state, news, preview: true });
  expect(subnetsOf(preview)).toEqual({ home: subnetsOf(state)['home'], egress: UNKNOWN_ON_THE_WIRE });
  const updated = await client.update(TYPE, id, { olds, state, news });
  expect(Object.keys(subnetsOf(updated)).sort()).toEqual(['egress', 'home']);
  expect(subnetsOf(updated)['home']).toBe(subnetsOf(state)['home']);
  expect(await records()).toHaveLength(1);
});

test('in another pool only what does not lie in it is chosen anew', async () => {
  const olds = inputs({ home: 10 });
  const { id, state } = await client.create(TYPE, olds);
  const wider = inputs({ home: 10 }, scratch, '198.18.0.0/15');
  expect(subnetsOf(await client.update(TYPE, id, { olds, state, news: wider }))).toEqual(subnetsOf(state));
  const elsewhere = inputs({ home: 10 }, scratch, '198.19.128.0/20');
  const moved = await client.update(TYPE, id, { olds, state, news: elsewhere });
  expect(overlaps(block(subnetsOf(moved)['home']), block('198.19.128.0/20'))).toBe(true);
});

test('a record that a killed up left is replaced, not respected', async () => {
  await client.create(TYPE, inputs({ home: 1000 }));
  const { state } = await client.create(TYPE, inputs({ home: 1000 }));
  expect(subnetsOf(state)).toEqual({ home: POOL });
  expect(await records()).toHaveLength(1);
});

test('a pool without room is an error with the pool, the host and what to do; nothing stays reserved', async () => {
  const failed = client.create(TYPE, inputs({ home: 2000 }));
  await expect(failed).rejects.toThrow(
    new RegExp(`subnets for ${scratch.name} on unix:///var/run/docker.sock: pool .* has no room .*; name another pool`),
  );
  expect(await records()).toEqual([]);
});

test('a record that has got lost is written again with the same subnets', async () => {
  const olds = inputs({ home: 10 });
  const { id, state } = await client.create(TYPE, olds);
  expect(await client.diff(TYPE, olds, olds, state)).toMatchObject({ changes: false });
  await scratch.docker.getVolume(String(state['record'])).remove();
  const read = await client.read(TYPE, id, state, olds);
  const seen = read?.state ?? {};
  expect(await client.diff(TYPE, olds, olds, seen)).toMatchObject({ changes: true, replaces: [] });
  const updated = await client.update(TYPE, id, { olds, state: seen, news: olds });
  expect(subnetsOf(updated)).toEqual(subnetsOf(state));
  expect(await records()).toHaveLength(1);
});

test('a delete takes the reservation away, and is content when it is gone', async () => {
  const { id, state } = await client.create(TYPE, inputs({ home: 10 }));
  await client.delete(TYPE, id, state);
  expect(await records()).toEqual([]);
  await client.delete(TYPE, id, state);
});

test('a gateway that the engine tells of, as it does once it has been restarted, is kept beside its subnet', async () => {
  const { id, state } = await client.create(TYPE, inputs({ home: 20, door: 5 }));
  expect(state['gateways']).toEqual({});
  const { home = '' } = subnetsOf(state);
  const gateway = home.replace(/\d+\/\d+$/, (end) => String(Number.parseInt(end) + 1));
  await scratch.docker.createNetwork({
    Name: `${scratch.name}-home`,
    Labels: scratch.labels(),
    Internal: true,
    IPAM: { Config: [{ Subnet: home, Gateway: gateway }] },
  });
  const read = await client.read(TYPE, id, state, inputs({ home: 20, door: 5 }));
  expect(read?.state).toMatchObject({ gateways: { home: gateway } });
  const change = { olds: inputs({ home: 20, door: 5 }), state: read?.state ?? {}, news: inputs({ home: 20, more: 5 }) };
  expect(await client.update(TYPE, id, change)).toMatchObject({ gateways: { home: gateway } });
  // Where home gets another subnet, nothing is known of its gateway.
  const larger = { ...change, news: inputs({ home: 200 }) };
  expect(await client.update(TYPE, id, larger)).toMatchObject({ gateways: {} });
});

import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { slipwayProvider } from '../../../providers/slipway/provider.ts';
import { ProviderClient, UNKNOWN_ON_THE_WIRE, type Wire } from '../../unit/providers/provider-client.ts';
import { Scratch } from './scratch.ts';

const TYPE = 'slipway:index:Ports';

jest.setTimeout(60_000);

let scratch: Scratch;
let foreign: Scratch;
let client: ProviderClient;
const servers: Server[] = [];

beforeEach(async () => {
  [scratch, foreign] = [new Scratch(), new Scratch()];
  client = await ProviderClient.start(slipwayProvider);
  await client.configure();
});

afterEach(async () => {
  client.close();
  for (const server of servers.splice(0)) server.close();
  await Promise.all([scratch.dispose(), foreign.dispose()]);
});

const tcp = { address: '127.0.0.1', protocol: 'tcp' };

/** Ports under `keys`; a key that ends in `.dns` is one of UDP, which no process can be asked about. */
function inputs(keys: readonly string[], reserved: readonly number[] = []): Wire {
  const wanted = Object.fromEntries(keys.map((key) => [key, key.endsWith('.dns') ? { ...tcp, protocol: 'udp' } : tcp]));
  return { stack: scratch.name, wanted, reserved, labels: scratch.labels() };
}

function portsOf(state: Wire): Record<string, number> {
  return state['ports'] as Record<string, number>;
}

/** Publishes a port as the stack of `owner` would. */
async function publish(owner: Scratch, port: number, inside = '80/tcp'): Promise<void> {
  const network = `${owner.name}-out`;
  await owner.docker.createNetwork({ Name: network, Labels: owner.labels() });
  const id = await owner.run('sleep 60', {
    ExposedPorts: { [inside]: {} },
    HostConfig: {
      NetworkMode: network,
      PortBindings: { [inside]: [{ HostIp: '127.0.0.1', HostPort: String(port) }] },
    },
  });
  const { NetworkSettings } = await owner.inspect(id);
  expect(NetworkSettings.Ports[inside]).toHaveLength(1);
}

async function listen(port: number): Promise<void> {
  const server = createServer();
  servers.push(server);
  server.listen({ host: '127.0.0.1', port });
  await once(server, 'listening');
}

test('each port is another, below those that the kernel hands out, and a preview knows none', async () => {
  const { state } = await client.create(TYPE, inputs(['api.http', 'db.sql']));
  const { 'api.http': http = 0, 'db.sql': sql = 0 } = portsOf(state);
  expect(http).not.toBe(sql);
  for (const port of [http, sql]) expect(port >= 20_000 && port < 30_000).toBe(true);
  const { state: previewed } = await client.create(TYPE, inputs(['api.http']), { preview: true });
  expect(portsOf(previewed)).toEqual({ 'api.http': UNKNOWN_ON_THE_WIRE });
});

test('what stays wanted keeps its port, running or not, and nothing is said to change', async () => {
  const olds = inputs(['api.http', 'db.sql']);
  const { id, state } = await client.create(TYPE, olds);
  expect(await client.diff(TYPE, olds, olds, state)).toMatchObject({ changes: false });
  await publish(scratch, portsOf(state)['api.http'] ?? 0);
  expect(await client.diff(TYPE, olds, olds, state)).toMatchObject({ changes: false });
  const news = inputs(['api.http', 'web.http']);
  const updated = await client.update(TYPE, id, { olds, news, state });
  expect(portsOf(updated)['api.http']).toBe(portsOf(state)['api.http']);
  expect(Object.keys(portsOf(updated)).sort()).toEqual(['api.http', 'web.http']);
});

test('what somebody else has taken meanwhile is chosen anew: a container, a process, a number of its own', async () => {
  const keys = ['a.dns', 'b.http', 'c.http', 'd.http'];
  const olds = inputs(keys);
  const { id, state } = await client.create(TYPE, olds);
  const { 'a.dns': a = 0, 'b.http': b = 0, 'c.http': c = 0, 'd.http': d = 0 } = portsOf(state);
  await publish(foreign, a, '80/udp');
  await listen(b);
  const news = inputs(keys, [c]);
  const { detailed } = await client.diff(TYPE, olds, news, state);
  const lost = ['a.dns', 'b.http', 'c.http'].map((key) => [`ports["${key}"]`, 'UPDATE']);
  expect(detailed).toEqual({ ...Object.fromEntries(lost), 'reserved[0]': 'ADD' });
  const fresh = portsOf(await client.update(TYPE, id, { olds, news, state }));
  expect(fresh['d.http']).toBe(d);
  expect(new Set([a, b, c, ...Object.values(fresh)]).size).toBe(7);
});

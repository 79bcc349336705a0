import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { Obstacle } from '../../../../engine/reach/outcome.ts';
import { tryRedis } from '../../../../engine/reach/redis.ts';
import { Authority, type Shown } from '../../../integration/support/authority.ts';

/* A server over TLS by an authority that nobody knows who has not been given its certificate. */

let authority: Authority;
let stranger: Authority;
let shown: Readonly<Record<string, Shown>>;
const open: { close: () => void }[] = [];

beforeAll(async () => {
  [authority, stranger] = await Promise.all([Authority.make('of a provider'), Authority.make('of a stranger')]);
  const hosts = ['cache.example.com', '10.0.0.7'];
  shown = Object.fromEntries(
    await Promise.all(hosts.map(async (host): Promise<[string, Shown]> => [host, await authority.sign(host)])),
  );
});

afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

/** A connection to a Redis that shows the certificate of `host`. */
async function redisAs(host: string): Promise<Socket> {
  const { certificate: cert, key } = shown[host] ?? {};
  const answers = ['+OK\r\n', '+PONG\r\n'];
  const server: Server = createServer({ cert, key }, (socket) => {
    socket.on('data', () => socket.write(answers.shift() ?? ''));
    socket.on('error', () => undefined);
  });
  server.on('tlsClientError', () => undefined);
  open.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  open.push({ close: () => socket.destroy() });
  await once(socket, 'connect');
  return socket;
}

async function outcome(shownBy: string, host: string, ca?: string): Promise<string> {
  const transport = { host, sslmode: 'verify-full', ca, timeoutMs: 5000 } as const;
  try {
    await tryRedis(await redisAs(shownBy), { user: undefined, password: 'x' }, transport);
    return 'in';
  } catch (error) {
    if (error instanceof Obstacle) return error.reason;
    throw error;
  }
}

describe('verify-full', () => {
  test.each(['cache.example.com', '10.0.0.7'])(
    'takes the certificate of %s, by the authority it was given',
    async (host) => {
      expect(await outcome(host, host, authority.pem)).toBe('in');
      expect(await outcome(host, host, `${stranger.pem}\n${authority.pem}`)).toBe('in');
    },
  );

  test.each<[string, string, () => string | undefined]>([
    ['of an authority that it was not given', 'cache.example.com', () => undefined],
    ['of another authority', 'cache.example.com', () => stranger.pem],
    ['of another name', 'db.example.com', () => authority.pem],
    ['of another address', '10.0.0.8', () => authority.pem],
  ])('takes none %s', async (_, host, ca) => {
    expect(await outcome('cache.example.com', host, ca())).toBe('untrusted');
  });
});

import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { Obstacle } from '../../../../engine/reach/outcome.ts';
import { tryPostgres } from '../../../../engine/reach/postgres.ts';
import { tryRedis } from '../../../../engine/reach/redis.ts';
import { Tunnel } from '../../../../engine/reach/tunnel.ts';
import { Authority, type Shown } from '../../../integration/support/authority.ts';

/* Servers over TLS by an authority that nobody knows who has not been given its certificate, at the other end of a tunnel. */

let authority: Authority;
let stranger: Authority;
let shown: Readonly<Record<string, Shown>>;
const open: { close: () => void }[] = [];

beforeAll(async () => {
  [authority, stranger] = await Promise.all([Authority.make('of a provider'), Authority.make('of a stranger')]);
  const hosts = ['db.example.com', '10.0.0.7'];
  shown = Object.fromEntries(
    await Promise.all(hosts.map(async (host): Promise<[string, Shown]> => [host, await authority.sign(host)])),
  );
});

afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

/** A message of PostgreSQL: its type, its length, its body. */
function message(type: string, body: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body, 'latin1')]);
}

const READY = message('Z', 'I');
const SERVERS = {
  postgres: {
    // To the question whether it speaks TLS.
    greeting: 'S',
    answers: [Buffer.concat([message('R', '\0\0\0\0'), READY]), Buffer.concat([message('C', 'SELECT 1\0'), READY])],
    logIn: tryPostgres,
  },
  redis: { greeting: undefined, answers: ['+OK\r\n', '+PONG\r\n'], logIn: tryRedis },
};
type Kind = keyof typeof SERVERS;

/** A tunnel to a server that shows the certificate of `host`. */
async function tunnelTo(kind: Kind, host: string): Promise<Tunnel> {
  const { certificate: cert, key } = shown[host] ?? {};
  const { greeting } = SERVERS[kind];
  const left: (Buffer | string)[] = [...SERVERS[kind].answers];
  const talk = (socket: Socket): void => {
    const tls = new TLSSocket(socket, { isServer: true, cert, key });
    tls.on('data', () => tls.write(left.shift() ?? ''));
    tls.on('error', () => undefined);
  };
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (greeting === undefined) {
      talk(socket);
      return;
    }
    socket.once('data', () => {
      socket.write(greeting);
      talk(socket);
    });
  });
  open.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  open.push({ close: () => socket.destroy() });
  await once(socket, 'connect');
  return new Tunnel(socket, socket.pipe(new PassThrough()));
}

async function outcome(kind: Kind, { at, as, ca }: { at: string; as: string; ca?: string }): Promise<string> {
  const transport = { host: as, sslmode: 'verify-full', ca, timeoutMs: 5000 } as const;
  const credentials = { user: 'clerk', database: 'shop', password: 'x' };
  try {
    await SERVERS[kind].logIn(await tunnelTo(kind, at), credentials, transport);
    return 'in';
  } catch (error) {
    if (error instanceof Obstacle) return error.reason;
    throw error;
  }
}

describe.each<Kind>(['postgres', 'redis'])('verify-full of %s', (kind) => {
  test.each(['db.example.com', '10.0.0.7'])(
    'takes the certificate of %s, by the authority it was given',
    async (at) => {
      expect(await outcome(kind, { at, as: at, ca: authority.pem })).toBe('in');
      expect(await outcome(kind, { at, as: at, ca: `${stranger.pem}\n${authority.pem}` })).toBe('in');
    },
  );

  test.each<[string, { at: string; as: string; by?: () => Authority }]>([
    ['of an authority that it was not given', { at: 'db.example.com', as: 'db.example.com' }],
    ['of another authority', { at: 'db.example.com', as: 'db.example.com', by: () => stranger }],
    ['of another name', { at: 'db.example.com', as: 'cache.example.com', by: () => authority }],
    ['of another address', { at: '10.0.0.7', as: '10.0.0.8', by: () => authority }],
  ])('takes none %s', async (_, { by, ...where }) => {
    expect(await outcome(kind, { ...where, ...(by && { ca: by().pem }) })).toBe('untrusted');
  });
});

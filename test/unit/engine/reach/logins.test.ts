import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Obstacle } from '../../../../engine/reach/outcome.ts';
import { tryPostgres } from '../../../../engine/reach/postgres.ts';
import { tryRedis } from '../../../../engine/reach/redis.ts';

const PASSWORD = 'never-shown';
const servers: Server[] = [];
const sockets = new Set<Socket>();

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  for (const server of servers.splice(0)) server.close();
});

/** A server that answers each thing that it is sent with the next of what it has to say; undefined: it hangs up. */
async function serverSaying(...answers: readonly (Buffer | string | undefined)[]): Promise<Socket> {
  const server = createServer((socket) => {
    sockets.add(socket);
    const left = [...answers];
    socket.on('data', () => {
      const [answer] = left.splice(0, 1);
      if (answer === undefined && answers.includes(undefined)) socket.destroy();
      else if (answer !== undefined) socket.write(answer);
    });
    socket.on('error', () => undefined);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.add(socket);
  await once(socket, 'connect');
  // It is connected already: who asks again hears so.
  socket.connect = (): Socket => {
    setImmediate(() => socket.emit('connect'));
    return socket;
  };
  return socket;
}

/** A message of PostgreSQL: its type, its length, its body. */
function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

/** What PostgreSQL says when it refuses. */
function refusal(code: string, text: string): Buffer {
  return message('E', Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`));
}

const CLEARTEXT_WANTED = message('R', Buffer.from([0, 0, 0, 3]));

async function obstacle(attempt: Promise<void>): Promise<Pick<Obstacle, 'reason' | 'message'>> {
  const error: unknown = await attempt.then(
    () => 'none',
    (caught: unknown) => caught,
  );
  if (!(error instanceof Obstacle)) throw new Error(`no obstacle, but: ${String(error)}`);
  expect(error.message).not.toContain(PASSWORD);
  return { reason: error.reason, message: error.message };
}

describe('a login to PostgreSQL', () => {
  test.each<[string, 'disable' | 'require', readonly (Buffer | string | undefined)[], string, string]>([
    ['without TLS there', 'require', ['N'], 'plain', 'it speaks no TLS'],
    [
      'at something else',
      'require',
      ['HTTP/1.1 400 Bad Request\r\n\r\n'],
      'stranger',
      'it does not answer as PostgreSQL does',
    ],
    ['that is hung up on', 'disable', [undefined], 'stranger', 'it does not answer as PostgreSQL does'],
    [
      'with another password',
      'disable',
      [CLEARTEXT_WANTED, refusal('28P01', 'password authentication failed for user "clerk"')],
      'login',
      'password authentication failed for user "clerk"',
    ],
    [
      'from an address that is not let in',
      'disable',
      [refusal('28000', 'no pg_hba.conf entry')],
      'login',
      'no pg_hba.conf entry',
    ],
    [
      'to a database that is not there',
      'disable',
      [refusal('3D000', 'database "shop" does not exist')],
      'database',
      'database "shop" does not exist',
    ],
    [
      'while it starts',
      'disable',
      [refusal('57P03', 'the database system is starting up')],
      'unready',
      'the database system is starting up',
    ],
    [
      'without room',
      'disable',
      [refusal('53300', 'sorry, too many clients already')],
      'unready',
      'sorry, too many clients already',
    ],
  ])('%s: says so', async (_, sslmode, answers, reason, text) => {
    const stream = await serverSaying(...answers);
    const credentials = { user: 'clerk', database: 'shop', password: PASSWORD };
    const attempt = tryPostgres(stream, credentials, { host: 'db.example.com', sslmode, timeoutMs: 5000 });
    expect(await obstacle(attempt)).toEqual({ reason, message: text });
  });

  test('that gets no answer ends in time', async () => {
    const stream = await serverSaying();
    const credentials = { user: 'clerk', database: 'shop', password: PASSWORD };
    const attempt = tryPostgres(stream, credentials, { host: 'db', sslmode: 'disable', timeoutMs: 200 });
    expect(await obstacle(attempt)).toEqual({
      reason: 'silent',
      message: 'it takes the connection, and does not answer within 0.2 s',
    });
  });
});

describe('a login to Redis', () => {
  const transport = { host: 'redis', sslmode: 'disable', timeoutMs: 5000 } as const;

  test('that is let in, and answered', async () => {
    await tryRedis(await serverSaying('+OK\r\n', '+PONG\r\n'), { user: undefined, password: PASSWORD }, transport);
  });

  test.each<[string, readonly (string | undefined)[], string, string]>([
    [
      'with another password',
      ['-WRONGPASS invalid username-password pair\r\n'],
      'login',
      'WRONGPASS invalid username-password pair',
    ],
    ['that may not ping', ['+OK\r\n', '-NOPERM no permissions\r\n'], 'login', 'NOPERM no permissions'],
    [
      'while it loads',
      ['-LOADING Redis is loading the dataset in memory\r\n'],
      'unready',
      'LOADING Redis is loading the dataset in memory',
    ],
    ['at something else', ['HTTP/1.1 400 Bad Request\r\n\r\n'], 'stranger', 'it does not answer as Redis does'],
    ['that is hung up on', [undefined], 'stranger', 'it does not answer as Redis does'],
  ])('%s: says so', async (_, answers, reason, text) => {
    const attempt = tryRedis(await serverSaying(...answers), { user: undefined, password: PASSWORD }, transport);
    expect(await obstacle(attempt)).toEqual({ reason, message: text });
  });

  test('that gets no answer ends in time', async () => {
    const attempt = tryRedis(await serverSaying(), { user: 'x', password: PASSWORD }, { ...transport, timeoutMs: 200 });
    expect((await obstacle(attempt)).reason).toBe('silent');
  });
});

import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type Pg from 'pg';
import { App } from '../../../../images/workload/src/app.ts';
import { Database, translate, UnavailableError } from '../../../../images/workload/src/database.ts';

const source = path.resolve(import.meta.dirname, '../../../../images/workload/src/database.ts');
const { DatabaseError } = createRequire(source)('pg') as typeof Pg;

const system = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code });
const answered = (code: string): Error => Object.assign(new DatabaseError('no', 2, 'error'), { code });

describe('what the database cannot do now', () => {
  test.each([
    ['a refused connection', system('ECONNREFUSED')],
    ['a name that nobody knows, as its container is down', system('ENOTFOUND')],
    ['a name that nobody answers for, as on a network without a way out', system('EAI_AGAIN')],
    ['a connection that broke', new Error('Connection terminated unexpectedly')],
    ['an answer that did not come', new Error('Query read timeout')],
    ['a server that starts or ends', answered('57P03')],
    ['no more connections', answered('53300')],
    ['tables that are not there yet', answered('42P01')],
  ])('%s is unavailable: asking again may help', (_, error) => {
    expect(translate(error)).toBeInstanceOf(UnavailableError);
  });

  test.each([
    ['a statement that is wrong', answered('42601')],
    ['a row that is there already', answered('23505')],
    ['a mistake of our own', new TypeError('x is not a function')],
  ])('%s stays what it is', (_, error) => {
    expect(translate(error)).toBe(error);
  });
});

describe('a server that dies', () => {
  /** A message of PostgreSQL's protocol. */
  const message = (type: string, body: Buffer): Buffer => {
    const head = Buffer.alloc(5);
    head.write(type);
    head.writeInt32BE(4 + body.length, 1);
    return Buffer.concat([head, body]);
  };
  const welcome = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]);
  const done = Buffer.concat([message('C', Buffer.from('BEGIN\0')), message('Z', Buffer.from('T'))]);

  test('between two statements of a transaction fails that transaction, and nothing else', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.once('data', () => {
        socket.write(welcome);
        socket.on('data', () => socket.write(done));
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const app = new App('test', { LOG_LEVEL: 'silent', SHUTDOWN_TIMEOUT: 1000 });
    const settings = { host: '127.0.0.1', port, database: 'd', user: 'u', password: undefined, ssl: false as const };
    const database = new Database(app, settings);
    const transaction = database.transaction(async () => {
      for (const socket of sockets) {
        const closed = once(socket, 'close');
        socket.resetAndDestroy();
        await closed;
      }
      // Such as a call to another service: long enough to hear of it.
      for (let turns = 0; turns < 50; turns++) await turn();
    });
    await expect(transaction).rejects.toBeInstanceOf(UnavailableError);
    await app.stop();
    server.close();
  });
});

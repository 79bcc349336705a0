import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import { connect } from '../../../engine/connect.ts';
import { EngineConnectionError } from '../../../engine/connection.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A client of an engine that answers whatever it is asked so. */
async function engine(answer: (response: ServerResponse) => void): Promise<Docker> {
  server = createServer((_, response) => {
    answer(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return connect(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** Sends what begins an answer; the connection ends a little later. */
function cut(status: number): (response: ServerResponse) => void {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.write('{"Sta', () => response.destroy());
  };
}

describe('an engine that goes away in the middle of its answer', () => {
  test('fails what waits for it', async () => {
    const docker = await engine(cut(200));
    await expect(docker.getContainer('api').wait()).rejects.toThrow(EngineConnectionError);
    await expect(docker.listContainers()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('fails what waits for the reason of a refusal', async () => {
    const docker = await engine(cut(500));
    await expect(docker.getContainer('api').inspect()).rejects.toThrow(EngineConnectionError);
  });
});

describe('an engine that answers', () => {
  test('is understood: values, words, nothing', async () => {
    const docker = await engine((response) => response.end('{"StatusCode":7}'));
    expect(await docker.getContainer('api').wait()).toEqual({ StatusCode: 7 });
    server?.removeAllListeners('request').on('request', (_, response: ServerResponse) => response.end('OK'));
    expect(String(await docker.ping())).toBe('OK');
    server?.removeAllListeners('request').on('request', (_, response: ServerResponse) => response.writeHead(204).end());
    expect(String(await docker.getContainer('api').start())).toBe('');
  });

  test('is quoted where it refuses', async () => {
    const docker = await engine((response) => response.writeHead(404).end('{"message":"No such container: api"}'));
    await expect(docker.getContainer('api').inspect()).rejects.toMatchObject({
      statusCode: 404,
      message: expect.stringContaining('No such container: api') as unknown,
    });
  });

  test('can be left: what was aborted says so', async () => {
    const aborter = new AbortController();
    const docker = await engine((response) => {
      response.writeHead(200).write(' ');
      aborter.abort();
    });
    await expect(docker.getContainer('api').wait({ abortSignal: aborter.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

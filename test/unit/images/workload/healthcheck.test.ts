import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';

const script = path.resolve(import.meta.dirname, '../../../../images/workload/healthcheck.sh');
const folder = mkdtempSync(path.join(tmpdir(), 'healthcheck-'));
const heartbeat = path.join(folder, 'heartbeat');
let server: Server;
let port = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/silent') return;
    response.writeHead(request.url === '/good' ? 200 : 503).end('{"postgres":"gone"}');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  port = String((server.address() as AddressInfo).port);
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

async function check(...args: readonly string[]): Promise<{ code: number | undefined; output: string }> {
  const { exitCode, all } = await execa(script, args, { reject: false, all: true, env: { HEARTBEAT_FILE: heartbeat } });
  return { code: exitCode, output: all };
}

describe('over HTTP', () => {
  test('passes on 200', async () => {
    expect(await check('http', port, '/good')).toEqual({ code: 0, output: '' });
  });

  test('fails on anything else and shows what was said', async () => {
    expect(await check('http', port, '/bad')).toEqual({ code: 1, output: '503\n{"postgres":"gone"}' });
  });

  test('fails when nobody listens', async () => {
    expect(await check('http', '1', '/good')).toEqual({ code: 1, output: 'no connection' });
  });

  test('fails within seconds when nobody answers', async () => {
    expect((await check('http', port, '/silent')).code).toBe(1);
  });
});

describe('by heartbeat', () => {
  const now = (): number => Math.floor(Date.now() / 1000);

  test('fails before the first one', async () => {
    expect((await check('heartbeat')).output).toContain('no sign of life yet');
  });

  test.each([
    [0, 0],
    [9, 0],
    [12, 1],
  ])('%i seconds old gives exit code %i', async (age, code) => {
    writeFileSync(heartbeat, `${now() - age}\n`);
    expect((await check('heartbeat')).code).toBe(code);
  });
});

test('anything else is a mistake', async () => {
  expect((await check('ping')).code).toBe(64);
});

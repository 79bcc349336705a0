import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { askEngine, judgeVersion } from '../../../tools/setup/engine-client.mjs';

let folder: string;
let server: Server | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-engine-'));
});
afterEach(async () => {
  const running = server;
  server = undefined;
  if (running) await new Promise((resolve) => running.close(resolve));
  rmSync(folder, { recursive: true });
});

const socket = () => join(folder, 'docker.sock');
const address = () => ({ host: `unix://${socket()}`, source: 'a test', isDefault: false });

async function serve(answer: string): Promise<void> {
  const created = createServer((_, response) => response.end(answer));
  server = created;
  await new Promise<void>((resolve) => created.listen(socket(), resolve));
}

describe('askEngine', () => {
  it('learns the version of an engine on a socket', async () => {
    await serve('{"Version":"26.1.5","ApiVersion":"1.45"}');
    await expect(askEngine(address())).resolves.toEqual({ state: 'ready', version: '26.1.5', api: '1.45' });
  });

  it('finds nothing where no socket is', async () => {
    await expect(askEngine(address())).resolves.toMatchObject({ state: 'absent' });
  });

  it('finds nothing where something else answers', async () => {
    await serve('hello');
    await expect(askEngine(address())).resolves.toMatchObject({ state: 'absent' });
  });

  it('knows no way to an address of another kind', async () => {
    await expect(askEngine({ ...address(), host: 'npipe:////./pipe/docker' })).resolves.toMatchObject({
      state: 'absent',
      detail: 'a test names npipe:////./pipe/docker: only unix, tcp and ssh addresses are known',
    });
  });
});

describe('judgeVersion', () => {
  it('takes an engine below API 1.44 as too old', () => {
    expect(judgeVersion({ Version: '24.0.7', ApiVersion: '1.43' })).toMatchObject({ state: 'old' });
    expect(judgeVersion({ Version: '25.0.0', ApiVersion: '1.44' })).toMatchObject({ state: 'ready' });
  });
});

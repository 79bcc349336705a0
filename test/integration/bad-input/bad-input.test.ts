import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { exits } from '../support/answer.ts';
import { freePorts } from '../support/free-ports.ts';
import { TestStack, type Settings } from '../support/test-stack.ts';

/*
 * What a user gets wrong: `up` exits with 2, names every problem where the user wrote it, and has touched nothing.
 */

let stack: TestStack;

beforeEach(() => {
  stack = new TestStack('bad');
});

afterEach(async () => {
  await stack.dispose();
});

const GOOD = { system: 'linkflow', environment: 'dev', profiles: ['migrate'] };

async function untouched(): Promise<void> {
  expect(await stack.containers()).toEqual([]);
  expect(await stack.networks()).toEqual([]);
  expect(await stack.volumes()).toEqual([]);
  const folder = new URL(stack.env['PULUMI_BACKEND_URL'] ?? '').pathname;
  expect(existsSync(join(folder, '.pulumi/stacks'))).toBe(false);
}

describe('up refuses', () => {
  test.each<[string, Settings, string]>([
    ['an unknown system', { ...GOOD, system: 'linkflo' }, 'slipway:system'],
    ['an unknown environment', { ...GOOD, environment: 'staging' }, 'slipway:environment'],
    ['an unknown service', { ...GOOD, services: { apii: { replicas: 2 } } }, 'slipway:services.apii'],
    ['an unknown profile', { ...GOOD, profiles: ['migrat'] }, 'slipway:profiles'],
    ['an unknown key', { ...GOOD, replicas: 3 }, 'slipway:replicas'],
    ['an unknown key of a service', { ...GOOD, services: { api: { replica: 2 } } }, 'slipway:services.api.replica'],
    ['a value of the wrong type', { ...GOOD, services: { api: { replicas: 'two' } } }, 'slipway:services.api.replicas'],
    ['zero replicas', { ...GOOD, services: { worker: { replicas: 0 } } }, 'slipway:services.worker.replicas'],
    ['negative replicas', { ...GOOD, services: { worker: { replicas: -1 } } }, 'slipway:services.worker.replicas'],
    [
      'several replicas behind one fixed port',
      { ...GOOD, services: { api: { replicas: 2 } } },
      'slipway:services.api.replicas',
    ],
    ['two of a singleton', { ...GOOD, services: { timer: { replicas: 2 } } }, 'slipway:services.timer.replicas'],
    [
      'more replicas than the system allows',
      { ...GOOD, services: { worker: { replicas: 17 } } },
      'slipway:services.worker.replicas',
    ],
    [
      'one service with more CPUs than the host',
      { ...GOOD, services: { worker: { cpus: 4096 } } },
      'slipway:services.worker.cpus',
    ],
    ['a port that is published twice', { ...GOOD, ports: { postgres: 16379, redis: 16379 } }, '16379'],
    ['a pool without room', { ...GOOD, network: { pool: '10.213.0.0/30' } }, 'slipway:network.pool'],
    [
      'an image that cannot be had',
      { ...GOOD, images: { postgres: 'slipway-test/no-such-image:1' } },
      'slipway-test/no-such-image:1',
    ],
  ])(
    '%s',
    async (_, settings, where) => {
      stack.configure(settings);
      const up = await stack.slipway('up');
      expect(up.stderr).toContain(where);
      exits(up, 2);
      await untouched();
    },
    60_000,
  );

  test('several problems, all in one report', async () => {
    stack.configure({ ...GOOD, profiles: ['none'], services: { worker: { replicas: 0 }, nobody: {} } });
    const up = await stack.slipway('up');
    exits(up, 2);
    expect(up.stderr).toContain('slipway:profiles');
    expect(up.stderr).toContain('slipway:services.worker.replicas');
    expect(up.stderr).toContain('slipway:services.nobody');
    await untouched();
  }, 60_000);

  test('an engine that does not answer', async () => {
    stack.configure({ ...GOOD, host: 'unix:///nonexistent/docker.sock' });
    const up = await stack.slipway('up');
    exits(up, 3);
    expect(up.stderr).toContain('unix:///nonexistent/docker.sock');
    await untouched();
  }, 60_000);
});

describe('a port that something else on the host holds', () => {
  let server: Server;
  let port: number;

  beforeEach(async () => {
    [port = 0] = await freePorts(1);
    server = createServer();
    await new Promise<void>((listening) => server.listen({ host: '127.0.0.1', port }, listening));
  });

  afterEach(async () => {
    await new Promise((closed) => server.close(closed));
  });

  test('is named before anything is touched', async () => {
    stack.configure({ ...GOOD, ports: { api: { http: port } } });
    const up = await stack.slipway('up');
    exits(up, 2);
    expect(up.stderr).toContain(String(port));
    await untouched();
  }, 60_000);

  test('is named by plain pulumi up as well', async () => {
    stack.configure({ ...GOOD, ports: { api: { http: port } } });
    await stack.pulumi('stack', 'init');
    const up = await stack.pulumi('up', '--yes', '--non-interactive', '--skip-preview');
    expect(up.exitCode).not.toBe(0);
    expect(up.all).toContain(String(port));
    expect(await stack.containers()).toEqual([]);
    expect(await stack.volumes()).toEqual([]);
  }, 60_000);
});

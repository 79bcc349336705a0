import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultEngine, engineAddress } from '../../../tools/setup/engine-address.mjs';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'slipway-home-'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

function addContext(name: string, host: string): void {
  const id = createHash('sha256').update(name).digest('hex');
  const folder = join(home, '.docker', 'contexts', 'meta', id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
  writeFileSync(join(home, '.docker', 'config.json'), JSON.stringify({ currentContext: name }));
}

describe('engineAddress', () => {
  it('is the socket of the machine where nothing else is said', () => {
    expect(engineAddress({ HOME: home })).toMatchObject({ host: defaultEngine, isDefault: true });
  });

  it('is the current context of the Docker client', () => {
    addContext('rootless', 'unix:///run/user/1000/docker.sock');
    expect(engineAddress({ HOME: home })).toEqual({
      host: 'unix:///run/user/1000/docker.sock',
      source: 'the Docker context "rootless"',
      isDefault: false,
    });
  });

  it('is DOCKER_HOST before any context', () => {
    addContext('rootless', 'unix:///run/user/1000/docker.sock');
    const env = { HOME: home, DOCKER_HOST: 'tcp://host:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' };
    expect(engineAddress(env)).toEqual({
      host: 'tcp://host:2376',
      source: 'DOCKER_HOST',
      isDefault: false,
      certificates: '/certs',
    });
  });

  it('falls back to the socket for a context that is not there', () => {
    expect(engineAddress({ HOME: home, DOCKER_CONTEXT: 'gone' })).toMatchObject({ host: defaultEngine });
  });
});

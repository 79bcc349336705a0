import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connect, DEFAULT_HOST, engineHost, HostAddressError } from '../../../engine/connect.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-docker-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function context(name: string, host: string): void {
  const meta = join(folder, 'contexts/meta', createHash('sha256').update(name).digest('hex'));
  mkdirSync(meta, { recursive: true });
  writeFileSync(join(meta, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
}

describe('engineHost', () => {
  test('is the usual socket when nothing says otherwise', () => {
    expect(engineHost(undefined, { DOCKER_CONFIG: folder })).toBe(DEFAULT_HOST);
  });

  test("follows the docker client's current context", () => {
    context('rootless', 'unix:///run/user/1000/docker.sock');
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ currentContext: 'rootless' }));
    expect(engineHost(undefined, { DOCKER_CONFIG: folder })).toBe('unix:///run/user/1000/docker.sock');
  });

  test('takes DOCKER_HOST before a context, and the configuration before both', () => {
    context('rootless', 'unix:///run/user/1000/docker.sock');
    const env = { DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'rootless', DOCKER_HOST: 'tcp://127.0.0.1:2375' };
    expect(engineHost(undefined, env)).toBe('tcp://127.0.0.1:2375');
    expect(engineHost('unix:///other.sock', env)).toBe('unix:///other.sock');
  });
});

describe('connect', () => {
  test.each(['ftp://host', 'docker', ''])('refuses "%s" and says what it accepts', (host) => {
    expect(() => connect(host)).toThrow(HostAddressError);
    expect(() => connect(host)).toThrow('accepted: unix:///path, tcp://host:port');
  });
});

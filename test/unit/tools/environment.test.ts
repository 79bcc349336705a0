import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { toolchainEnvironment } from '../../../tools/setup/environment.mjs';
import { layoutOf } from '../../../tools/setup/layout.mjs';
import { noteVersion } from '../../../tools/setup/toolchain.mjs';

let home: string;
let project: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'slipway-home-'));
  project = join(home, 'project');
  mkdirSync(project);
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

function environment(extra: Record<string, string> = {}): Record<string, string> {
  return toolchainEnvironment(project, { HOME: home, PATH: '/usr/bin:/bin', ...extra });
}

function executable(file: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, 0o755);
  return file;
}

function install(plugin: string, folder?: string): void {
  const manifest = join(project, 'node_modules', '@pulumi', plugin, 'package.json');
  mkdirSync(dirname(manifest), { recursive: true });
  writeFileSync(manifest, JSON.stringify({ version: '1.2.3' }));
  if (folder !== undefined) mkdirSync(join(folder, 'plugins', `resource-${plugin}-v1.2.3`), { recursive: true });
}

describe('state', () => {
  it('is kept in the project, with a passphrase that nobody types', () => {
    expect(environment()).toMatchObject({
      PULUMI_BACKEND_URL: `file://${project}/.slipway/state`,
      PULUMI_HOME: `${project}/.slipway/pulumi`,
      PULUMI_CONFIG_PASSPHRASE_FILE: `${project}/.slipway/passphrase`,
    });
  });

  it('is where the user keeps it, in the home where the user has logged in, with no passphrase of ours', () => {
    const env = environment({ PULUMI_BACKEND_URL: 's3://bucket' });
    expect(env).toMatchObject({ PULUMI_BACKEND_URL: 's3://bucket', PULUMI_HOME: join(home, '.pulumi') });
    expect(env).not.toHaveProperty('PULUMI_CONFIG_PASSPHRASE_FILE');
  });

  it.each(['PULUMI_CONFIG_PASSPHRASE', 'PULUMI_CONFIG_PASSPHRASE_FILE'])('leaves %s to the user', (name) => {
    const env = environment({ [name]: 'theirs' });
    expect(env['PULUMI_CONFIG_PASSPHRASE_FILE']).toBeUndefined();
    expect(env['PULUMI_CONFIG_PASSPHRASE']).toBeUndefined();
  });

  it('stays the same in a shell that has taken the variables over', () => {
    const first = environment();
    expect(environment(first)).toEqual(first);
  });

  it('is not that of another checkout whose variables the shell holds', () => {
    const other = toolchainEnvironment('/other', { HOME: home, PATH: '/usr/bin' });
    expect(environment(other)).toMatchObject({
      PULUMI_BACKEND_URL: `file://${project}/.slipway/state`,
      PULUMI_HOME: `${project}/.slipway/pulumi`,
      PULUMI_CONFIG_PASSPHRASE_FILE: `${project}/.slipway/passphrase`,
    });
  });
});

describe('the Pulumi CLI', () => {
  const layout = () => layoutOf(project, { HOME: home });
  const first = (path: string | undefined) => path?.split(':').find((folder) => folder.startsWith(home));

  it('is the installed one, first on PATH', () => {
    for (const name of ['pulumi', 'pulumi-language-nodejs']) executable(join(layout().pulumiBin, name));
    expect(first(environment()['PATH'])).toBe(layout().pulumiBin);
  });

  it.each([
    ['stays the user’s own where that is known to fit', '3.250.0', false],
    ['is ours where the user’s is too old', '3.100.0', true],
  ])('%s', (_, version, expected) => {
    for (const name of ['pulumi', 'pulumi-language-nodejs']) executable(join(layout().pulumiBin, name));
    const theirs = executable(join(home, 'bin', 'pulumi'));
    executable(join(home, 'bin', 'pulumi-language-nodejs'));
    noteVersion(layout(), theirs, version);
    const path = environment({ PATH: `${join(home, 'bin')}:/usr/bin` })['PATH'];
    expect(path?.includes(layout().pulumiBin)).toBe(expected);
  });
});

describe('resource plugins', () => {
  const embedded = () => ['docker', 'random', 'tls'].map((name) => join(project, 'providers', 'embedded', name));

  it('are the embedded ones where the vendor’s are missing and can’t be had', () => {
    install('docker');
    install('random');
    install('tls');
    const env = environment({ SLIPWAY_OFFLINE: '1' });
    expect(env['PATH']?.split(':')).toEqual(expect.arrayContaining(embedded()));
    expect(env['PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION']).toBe('true');
  });

  it('are the vendor’s wherever those are installed', () => {
    const folder = join(project, '.slipway', 'pulumi');
    install('docker', folder);
    install('random', folder);
    install('tls', folder);
    const env = environment({ SLIPWAY_OFFLINE: '1' });
    expect(env['PATH']).not.toContain('embedded');
    expect(env).not.toHaveProperty('PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION');
  });

  it('are the embedded ones on request', () => {
    const folder = join(project, '.slipway', 'pulumi');
    install('docker', folder);
    install('random', folder);
    install('tls', folder);
    expect(environment({ SLIPWAY_EMBEDDED: '1' })['PATH']?.split(':')).toEqual(expect.arrayContaining(embedded()));
  });
});

describe('the engine', () => {
  it('needs no name where everybody finds it', () => {
    expect(environment()).not.toHaveProperty('DOCKER_HOST');
  });

  it('is named to those who read no Docker contexts', () => {
    const id = createHash('sha256').update('rootless').digest('hex');
    const meta = join(home, '.docker', 'contexts', 'meta', id, 'meta.json');
    mkdirSync(dirname(meta), { recursive: true });
    writeFileSync(meta, JSON.stringify({ Endpoints: { docker: { Host: 'unix:///run/user/1/docker.sock' } } }));
    expect(environment({ DOCKER_CONTEXT: 'rootless' })['DOCKER_HOST']).toBe('unix:///run/user/1/docker.sock');
  });
});

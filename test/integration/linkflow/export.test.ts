import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { z } from 'zod';
import { exits, type Answer } from '../support/answer.ts';
import { eventually } from '../support/eventually.ts';
import { TestStack } from '../support/test-stack.ts';
import { coreSettings } from './core-settings.ts';

/*
 * LinkFlow's core leaves for Docker Compose: first with volumes of its own, then on the data of the stack. The tests go
 * through it in order.
 */

const stack = new TestStack('export');
const root = mkdtempSync(join(tmpdir(), 'slipway-export-'));
const folder = join(root, 'out');
const project = `linkflow-${stack.name}-compose`;
let api: string;
/** An execution that the stack has done. */
let execution: string;

beforeAll(async () => {
  const core = await coreSettings();
  api = core.api;
  stack.configure(core.settings);
});

afterAll(async () => {
  await docker('compose', '-p', project, 'down', '--volumes', '--timeout', '5');
  await stack.dispose();
  rmSync(root, { recursive: true, force: true });
}, 180_000);

async function docker(...args: string[]): Promise<Answer & { readonly stdout: string }> {
  const options = { env: stack.env, reject: false, all: true, stdin: 'ignore' } as const;
  const { exitCode, stdout, all } = await execa('docker', args, options);
  return { exitCode: exitCode ?? -1, stdout, all };
}

const compose = (...args: string[]) => docker('compose', '-f', join(folder, 'compose.yaml'), ...args);
const exporting = (...args: string[]) => stack.slipway('export', 'compose', '--output', folder, ...args);

/** Ids of all containers of the compose project, those that have ended too, by service. */
async function containers(): Promise<Map<string, string>> {
  const found = await stack.docker.listContainers({
    all: true,
    filters: { label: [`com.docker.compose.project=${project}`] },
  });
  return new Map(found.map(({ Id, Labels }) => [Labels['com.docker.compose.service'] ?? '', Id]));
}

/** The folders and files below a folder, with all that an export may change about them. */
function contents(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { ino, mode, uid, gid, mtimeMs } = statSync(join(path, name));
      return [name, ino, mode, uid, gid, mtimeMs].join(' ');
    });
}

/** The files of secrets of a service in the export folder, with the digests of what is in them. */
function exportedSecrets(service: string): string[] {
  const path = join(folder, 'secrets', service);
  const digest = (name: string): string =>
    createHash('sha256')
      .update(readFileSync(join(path, name)))
      .digest('hex');
  return readdirSync(path)
    .map((name) => `${digest(name)}  ${name}`)
    .sort();
}

/** The same, as a container has them. */
async function deliveredSecrets(container: string): Promise<string[]> {
  const listed = exits(await docker('exec', container, 'sh', '-c', 'cd /run/secrets && sha256sum *'), 0);
  return listed.stdout.split('\n').sort();
}

/** Every value in the files of secrets that were exported. */
function secretValues(): string[] {
  const path = join(folder, 'secrets');
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('/'));
  return [...new Set(files.map((name) => readFileSync(join(path, name), 'utf8').trim()))];
}

const answered = z.looseObject({ id: z.string(), state: z.string() });

async function execute(): Promise<string> {
  const body = JSON.stringify({ input: { message: 'kept' } });
  const answer = await fetch(`${api}/executions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  return z.looseObject({ id: z.string() }).parse(await answer.json()).id;
}

async function stateOf(id: string): Promise<string> {
  return answered.parse(await (await fetch(`${api}/executions/${id}`)).json()).state;
}

describe('a stack', () => {
  test('that was never brought up is not exported', async () => {
    const answer = exits(await exporting(), 1);
    expect(answer.all).toContain(`slipway up --stack ${stack.name}`);
    expect(readdirSync(root)).toEqual([]);
  }, 60_000);

  test('that runs is exported, with the secrets that its services have', async () => {
    exits(await stack.slipway('up', '--skip-smoke'), 0);
    execution = await execute();
    await eventually(async () => {
      expect(await stateOf(execution)).toBe('completed');
    });
    exits(await exporting(), 0);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const container of await stack.containers()) {
      const service = container.Labels['slipway.service'] ?? '';
      if (container.Labels['slipway.kind'] === 'service') {
        expect([service, ...exportedSecrets(service)]).toEqual([service, ...(await deliveredSecrets(container.Id))]);
      }
    }
  }, 600_000);

  test('that has not changed is not exported again', async () => {
    const before = contents(folder);
    exits(await exporting(), 0);
    expect(contents(folder)).toEqual(before);
  }, 60_000);

  test('is not exported over the files of others', async () => {
    const foreign = join(root, 'foreign');
    mkdirSync(foreign);
    writeFileSync(join(foreign, 'compose.yaml'), 'name: mine\n');
    exits(await exporting('--output', foreign), 2);
    expect(readdirSync(foreign)).toEqual(['compose.yaml']);
    expect(readFileSync(join(foreign, 'compose.yaml'), 'utf8')).toBe('name: mine\n');
  }, 60_000);

  test('does not hand its volumes over while it runs', async () => {
    const before = contents(folder);
    const answer = exits(await exporting('--adopt-volumes'), 1);
    expect(answer.all).toContain(`slipway down --stack ${stack.name}`);
    expect(contents(folder)).toEqual(before);
  }, 60_000);
});

describe('the exported folder', () => {
  test('is a valid compose project that comes up healthy', async () => {
    exits(await stack.slipway('down'), 0);
    exits(await compose('config', '--quiet'), 0);
    exits(await compose('up', '--wait'), 0);
    for (const [service, id] of await containers()) {
      const { State } = await stack.docker.getContainer(id).inspect();
      const expected = service === 'migrate' ? [service, 'exited', 0] : [service, 'running', 'healthy'];
      expect([service, State.Status, State.Health?.Status ?? State.ExitCode]).toEqual(expected);
    }
  }, 300_000);

  test('does real work', async () => {
    exits(await stack.slipway('smoke'), 0);
  }, 90_000);

  test('delivers secrets to their readers only', async () => {
    for (const service of readdirSync(join(folder, 'secrets')).filter((name) => name !== 'migrate')) {
      const command = 'cd /run/secrets && id -u && id -g && stat -c "%a %u %g" * | sort -u';
      const listed = exits(await compose('exec', '-T', service, 'sh', '-c', command), 0);
      const [uid, gid, ...access] = listed.stdout.split('\n');
      expect([service, ...access]).toEqual([service, `400 ${uid ?? ''} ${gid ?? ''}`]);
      expect(uid).not.toBe('0');
      expect(await deliveredSecrets((await containers()).get(service) ?? '')).toEqual(exportedSecrets(service));
    }
  }, 60_000);

  test('shows no secret in its compose.yaml, nor in any container that may be inspected', async () => {
    const values = secretValues();
    expect(values.length).toBeGreaterThanOrEqual(8);
    const ids = [...(await containers()).values()];
    expect(ids.length).toBeGreaterThanOrEqual(9);
    const shown = await Promise.all(
      ids.map(async (id) => JSON.stringify(await stack.docker.getContainer(id).inspect())),
    );
    for (const text of [readFileSync(join(folder, 'compose.yaml'), 'utf8'), ...shown]) {
      expect(values.filter((value) => text.includes(value))).toEqual([]);
    }
  }, 60_000);

  test('is locked down as the stack is', async () => {
    for (const [service, id] of await containers()) {
      const { HostConfig } = await stack.docker.getContainer(id).inspect();
      const { ReadonlyRootfs, CapDrop, SecurityOpt, PidsLimit, PortBindings } = HostConfig as Record<string, unknown>;
      expect([service, ReadonlyRootfs, CapDrop, SecurityOpt, PidsLimit]).toEqual([
        service,
        true,
        ['ALL'],
        ['no-new-privileges:true'],
        service === 'postgres' ? 1024 : 512,
      ]);
      const addresses = Object.values(PortBindings as Record<string, { HostIp: string }[]>).flat();
      expect(new Set(addresses.map(({ HostIp }) => HostIp))).toEqual(
        new Set(addresses.length > 0 ? ['127.0.0.1'] : []),
      );
    }
  }, 60_000);

  test('goes without a trace', async () => {
    exits(await compose('down', '--volumes'), 0);
    const filters = { label: [`com.docker.compose.project=${project}`] };
    expect([...(await containers()).keys()]).toEqual([]);
    expect((await stack.docker.listVolumes({ filters })).Volumes).toEqual([]);
    expect(await stack.docker.listNetworks({ filters })).toEqual([]);
  }, 120_000);
});

describe('an export that takes the data over', () => {
  test('finds under Compose what the stack has done', async () => {
    exits(await exporting('--adopt-volumes'), 0);
    exits(await compose('up', '--wait'), 0);
    expect(await stateOf(execution)).toBe('completed');
    exits(await stack.slipway('smoke'), 0);
  }, 300_000);

  test('leaves the data where it is, whatever Compose removes', async () => {
    const volumes = async () => (await stack.volumes()).map(({ Name }) => Name).sort();
    const before = await volumes();
    expect(before.filter((name) => /-(postgres|redis)-data-/.test(name))).toHaveLength(2);
    exits(await compose('down', '--volumes'), 0);
    expect(await volumes()).toEqual(before);
    expect(existsSync(join(folder, 'compose.yaml'))).toBe(true);
  }, 120_000);
});

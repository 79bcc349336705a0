import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { z } from 'zod';
import { LABELS } from '../../../engine/labels.ts';
import { projectFolder } from '../../../tools/setup/layout.mjs';
import { exits } from '../support/answer.ts';
import { eventually } from '../support/eventually.ts';
import { freePorts } from '../support/free-ports.ts';
import { TestStack, type Settings } from '../support/test-stack.ts';

/*
 * LinkFlow built from an application of somebody else's, on a real engine: one stack where its folder is mounted, one
 * where it is baked into images, each taken through a life, in order.
 */

jest.setTimeout(180_000);

const RUN = randomBytes(6).toString('hex');
const folder = mkdtempSync(join(tmpdir(), 'slipway-sources-'));
const api = join(folder, 'api');
const engine = join(folder, 'engine');
const dev = new TestStack('sources');
const baked = new TestStack('sources-test');
const ENGINE = ['frontend', 'history', 'matching', 'timer', 'visibility', 'worker'];
let port = 0;

const answer = z.object({ message: z.string(), service: z.string(), stage: z.string(), secret: z.boolean() });

beforeAll(async () => {
  for (const path of [api, engine]) {
    cpSync(join(import.meta.dirname, 'app'), path, { recursive: true });
    const dockerfile = readFileSync(join(path, 'Dockerfile'), 'utf8').replace('test-run="none"', `test-run="${RUN}"`);
    writeFileSync(join(path, 'Dockerfile'), dockerfile);
  }
  [port = 0] = await freePorts(1);
});

afterAll(async () => {
  await Promise.all([dev.dispose(), baked.dispose()]);
  const images = await dev.docker.listImages({ filters: { label: [`slipway.test-run=${RUN}`] } });
  for (const tag of images.flatMap(({ RepoTags }) => RepoTags ?? [])) await dev.docker.getImage(tag).remove();
  rmSync(folder, { recursive: true, force: true });
});

function settings(environment: string, more: Settings = {}): Settings {
  const ports = { postgres: false, redis: false, frontend: { http: false, grpc: false }, api: port };
  // One path relative to the project, one absolute: both are what people write.
  return { system: 'linkflow', environment, ports, sources: { api: relative(projectFolder, api), engine }, ...more };
}

/** What the api answers, once it is `message` or at the end. */
async function answered(message: string): Promise<z.infer<typeof answer>> {
  return eventually(async () => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/health`);
    const found = answer.parse(await response.json());
    expect(found.message).toBe(message);
    return found;
  });
}

/** Ids of the running containers of a stack by service. */
async function ids(stack: TestStack): Promise<Record<string, string>> {
  const running = (await stack.containers()).filter(({ State }) => State === 'running');
  return Object.fromEntries(running.map(({ Id, Labels }) => [Labels[LABELS.service] ?? '', Id]));
}

/** The services whose containers are others than before. */
async function changedSince(before: Record<string, string>, stack: TestStack): Promise<string[]> {
  const after = await ids(stack);
  expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
  return Object.keys(after)
    .filter((service) => after[service] !== before[service])
    .sort();
}

async function printed(stack: TestStack, service: string, ...command: string[]): Promise<string> {
  return exits(await stack.slipway('exec', service, '-T', '--', ...command), 0).stdout.trim();
}

describe('up refuses', () => {
  const refused = new TestStack('sources-bad');

  afterAll(() => refused.dispose());

  async function untouched(): Promise<void> {
    expect(await refused.containers()).toEqual([]);
    expect(await refused.networks()).toEqual([]);
    expect(await refused.volumes()).toEqual([]);
  }

  test('sources that the system does not have, an empty path, an image beside sources, all in one report', async () => {
    const sources = { apii: '../api', api: '', engine };
    refused.configure(settings('dev', { sources, services: { worker: { image: 'worker:1' } } }));
    const { stderr } = exits(await refused.slipway('up'), 2);
    expect(stderr).toContain('slipway:sources.apii: no source "apii"\n  accepted: did you mean "api"?');
    expect(stderr).toContain('slipway:sources.api: "" is not valid');
    expect(stderr).toContain('slipway:services.worker.image: "worker" is built from slipway:sources.engine already');
    await untouched();
  });

  test('a folder that is not there and one without a Dockerfile, in one report, by the paths as they are written', async () => {
    mkdirSync(join(folder, 'empty'));
    const sources = { api: '../no/such/folder', engine: join(folder, 'empty') };
    refused.configure(settings('dev', { sources }));
    const { stderr } = exits(await refused.slipway('up'), 2);
    expect(stderr).toContain('slipway:sources.api: there is no folder ../no/such/folder\n');
    expect(stderr).toContain(`slipway:sources.engine: there is no Dockerfile in ${folder}/empty that can be read\n`);
    await untouched();
  });

  test('a Dockerfile without the stage that the environment wants', async () => {
    mkdirSync(join(folder, 'stageless'));
    writeFileSync(join(folder, 'stageless/Dockerfile'), 'FROM debian:trixie-slim AS other\n');
    refused.configure(settings('test', { sources: { api: join(folder, 'stageless') } }));
    const { stderr } = exits(await refused.slipway('up'), 2);
    expect(stderr).toContain('has no stage "production"\n  accepted: a stage of that name; it has other');
    await untouched();
  });
});

describe('in dev', () => {
  test('services are built from the folders, one image for the api and one a service of the engine', async () => {
    dev.configure(settings('dev'));
    exits(await dev.slipway('up', '--skip-smoke'), 0);
    expect(await answered('first')).toEqual({ message: 'first', service: 'none', stage: 'development', secret: true });
    const services = await Promise.all(ENGINE.map((service) => printed(dev, service, 'cat', '/etc/service')));
    expect(services).toEqual(ENGINE);
    expect(await printed(dev, 'history', 'cat', '/etc/stage')).toBe('production');
  });

  test('the folder of the api is mounted in its services, and that of the engine in none', async () => {
    const mounts = await Promise.all(
      Object.entries(await ids(dev)).map(async ([service, id]) => {
        const { Mounts } = await dev.docker.getContainer(id).inspect();
        return Mounts.filter(({ Type }) => Type === 'bind').map(({ Source, Destination, RW }) => ({
          service,
          source: Source,
          path: Destination,
          isWritable: RW,
        }));
      }),
    );
    const mount = { source: api, path: '/var/www/html', isWritable: true };
    expect(mounts.flat()).toEqual([
      { service: 'api', ...mount },
      { service: 'queue', ...mount },
    ]);
  });

  test('a secret is in the environment of the process, and nowhere that inspect shows', async () => {
    const password = await printed(dev, 'api', 'cat', '/run/secrets/DB_PASSWORD');
    expect(password.length).toBeGreaterThan(20);
    const containers = await Promise.all(
      Object.values(await ids(dev)).map(async (id) => dev.docker.getContainer(id).inspect()),
    );
    expect(JSON.stringify(containers)).not.toContain(password);
    expect(await printed(dev, 'api', 'env')).not.toContain(password);
  });

  test('an edit of what is mounted is seen at once, and leaves up nothing to do', async () => {
    const before = await ids(dev);
    writeFileSync(join(api, 'message'), 'second\n');
    await answered('second');
    exits(await dev.slipway('preview', '--expect-no-changes'), 0);
    expect(await ids(dev)).toEqual(before);
  });

  test('an edit of what the mount does not show is for up to build', async () => {
    writeFileSync(join(api, 'docker/more'), '');
    const { stdout } = exits(await dev.slipway('preview', '--expect-no-changes', '--json'), 1);
    expect(stdout).toContain('"api"');
    expect(stdout).not.toContain('history');
    rmSync(join(api, 'docker/more'));
  });

  test('an edit of what .dockerignore leaves out is nobody’s, and so is one that was taken back', async () => {
    writeFileSync(join(engine, 'notes'), 'Other notes.\n');
    writeFileSync(join(engine, 'README.md'), 'Read me.\n');
    exits(await dev.slipway('preview', '--expect-no-changes'), 0);
  });

  test('an edit of what is baked changes exactly the services built from it, with the next up', async () => {
    const before = await ids(dev);
    writeFileSync(join(engine, 'message'), 'second\n');
    exits(await dev.slipway('up', '--skip-smoke'), 0);
    expect(await changedSince(before, dev)).toEqual(ENGINE);
    expect(await printed(dev, 'history', 'cat', '/var/www/html/message')).toBe('second');
    exits(await dev.slipway('down', '--volumes', '--yes'), 0);
  });
});

describe('in test', () => {
  test('the code is in the images, and nothing of the host is mounted', async () => {
    writeFileSync(join(api, 'message'), 'baked\n');
    baked.configure(settings('test'));
    exits(await baked.slipway('up', '--skip-smoke'), 0);
    expect(await answered('baked')).toEqual({ message: 'baked', service: 'none', stage: 'production', secret: true });
    const { Mounts, Config, HostConfig } = await baked.docker.getContainer((await ids(baked))['api'] ?? '').inspect();
    expect(Mounts.filter(({ Type }) => Type === 'bind')).toEqual([]);
    expect(Config.User).toBe('82:82');
    expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'] });
    expect(HostConfig.CapAdd ?? []).toEqual([]);
    exits(await baked.slipway('preview', '--expect-no-changes'), 0);
  });

  test('an edit needs an up, and changes exactly the services built from it', async () => {
    const before = await ids(baked);
    writeFileSync(join(api, 'message'), 'edited\n');
    await answered('baked');
    exits(await baked.slipway('preview', '--expect-no-changes'), 1);
    exits(await baked.slipway('up', '--skip-smoke'), 0);
    expect((await answered('edited')).stage).toBe('production');
    expect(await changedSince(before, baked)).toEqual(['api', 'queue']);
  });
});

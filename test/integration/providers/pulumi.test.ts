import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { pack } from 'tar-stream';
import { exits } from '../support/answer.ts';
import { eventually } from '../support/eventually.ts';
import { IMAGE, READY_CHECK, Scratch } from './scratch.ts';
import { type Declared, ScratchProject } from './scratch-project.ts';

jest.setTimeout(180_000);

let scratch: Scratch;
let project: ScratchProject;

beforeEach(async () => {
  scratch = new Scratch();
  project = await ScratchProject.create();
});

afterEach(async () => {
  project.dispose();
  await scratch.dispose();
});

function job(shell: string, more: object = {}): Declared {
  const args = {
    ...{ name: `${scratch.name}-migrate`, service: 'migrate', image: IMAGE, command: ['sh', '-c', shell] },
    ...{ environment: {}, mounts: [], tmpfs: {}, networks: [], triggers: {}, timeoutMs: 20_000 },
    ...{ readOnly: false, capAdd: [], capDrop: [], securityOpts: [] },
    labels: scratch.labels({ 'slipway.kind': 'job', 'slipway.service': 'migrate' }),
    ...more,
  };
  return { name: 'migrate', type: 'Job', args };
}

function files(content: string): Declared {
  const a = { content, mode: '0400', uid: 0, gid: 0 };
  const args = { name: `${scratch.name}-files`, image: IMAGE, labels: scratch.labels(), files: { a } };
  return { name: 'files', type: 'Files', args };
}

function replica(container: string, more: object = {}): Declared {
  const args = {
    ...{ service: 'api', replica: 1, container, networks: {}, hasHealthcheck: true },
    ...{ healthTimeoutMs: 60_000, drainMs: 0, stopGraceMs: 1000, ...more },
  };
  return { name: 'api-1', type: 'Replica', args };
}

function candidate(shell: string): Promise<string> {
  return scratch.run(shell, {
    Healthcheck: { ...READY_CHECK, Retries: 100 },
    Labels: { 'slipway.kind': 'service', 'slipway.service': 'api', 'slipway.replica': '1' },
  });
}

/** What a failing release lacks. */
async function mend(container: string): Promise<void> {
  const tar = pack();
  tar.entry({ name: 'mended' }, '');
  tar.finalize();
  await scratch.docker.getContainer(container).putArchive(await buffer(tar), { path: '/' });
}

const HEALTHY = 'touch /ready; trap "exit 0" TERM; sleep 300 & wait';
const BROKEN = `sleep 0.5; test -e /mended || { echo not today; exit 1; }; ${HEALTHY}`;

test('a job runs when its inputs change and only then; one that failed runs again; a destroy clears it away', async () => {
  const runs = async () =>
    (await scratch.docker.listContainers({ all: true, filters: { label: [`slipway.instance=${scratch.name}`] } })).map(
      ({ Id }) => Id,
    );
  project.declare(job('true'));
  expect(await project.up()).toMatchObject({ exitCode: 0, all: expect.stringContaining('finished after') });
  const first = await runs();
  expect(await project.preview()).toEqual([]);
  await project.up();
  expect(await runs()).toEqual(first);

  project.declare(job('echo broken pipe dream; exit 9', { triggers: { schema: '2' } }));
  const failed = await project.up();
  expect(failed.exitCode).not.toBe(0);
  expect(failed.all).toContain('it ended with code 9');
  expect(failed.all).toContain('  | broken pipe dream');
  const second = await runs();
  await project.up();
  const third = await runs();
  // The last good run, which the state names, and the failed one.
  expect(third).toHaveLength(2);
  expect(third).toEqual(expect.arrayContaining(first));
  expect(third).not.toEqual(second);

  project.declare(job('true', { triggers: { schema: '2' } }));
  exits(await project.up(), 0);
  expect(await project.preview()).toEqual([]);
  project.declare();
  exits(await project.up(), 0);
  expect(await runs()).toEqual([]);
});

test('other files are another volume, made before the old one goes; contents never stand in the state in clear', async () => {
  const volumes = async () =>
    (await scratch.docker.listVolumes({ filters: { name: [scratch.name] } })).Volumes.map(({ Name }) => Name);
  project.declare(files('very-secret-one'));
  exits(await project.up(), 0);
  const first = await volumes();
  expect(first).toHaveLength(1);
  expect(await project.preview()).toEqual([]);

  project.declare(files('very-secret-two'));
  expect(await project.preview()).toEqual([{ op: 'replace', name: 'files' }]);
  const { exitCode, all } = await project.pulumi('up', '--yes', '--diff', '--stack', 'dev');
  expect(exitCode).toBe(0);
  expect(await volumes()).toHaveLength(1);
  expect(await volumes()).not.toEqual(first);
  expect(all + project.state()).not.toContain('very-secret');
});

test('a network more leaves the subnets of the others known, and what uses them the same', async () => {
  const subnets = (networks: object): Declared => ({
    name: 'subnets',
    type: 'Subnets',
    args: { stack: scratch.name, pool: '198.18.8.0/22', networks, labels: scratch.labels() },
  });
  const user = job('true', { triggers: { subnet: '$subnets.subnets.home' } });
  project.declare(subnets({ home: 20 }), user);
  exits(await project.up(), 0);
  expect(await project.preview()).toEqual([]);
  project.declare(subnets({ home: 20, door: 5 }), user);
  expect(await project.preview()).toEqual([{ op: 'update', name: 'subnets' }]);
});

test('a release that fails keeps the old container in the state, and an unchanged retry passes the gate again', async () => {
  const old = await candidate(HEALTHY);
  project.declare(replica(old));
  const first = await project.up();
  expect(first).toMatchObject({ exitCode: 0, all: expect.stringMatching(/healthy after \d+\.\d s/) });
  expect(await project.preview()).toEqual([]);

  const next = await candidate(BROKEN);
  project.declare(replica(next));
  const failed = await project.up();
  expect(failed.exitCode).not.toBe(0);
  expect(failed.all).toContain('  | not today');
  expect(project.resource('api-1')?.inputs['container']).toBe(old);
  expect((await scratch.inspect(old)).State.Running).toBe(true);

  expect(await project.preview()).toEqual([{ op: 'update', name: 'api-1' }]);
  await mend(next);
  exits(await project.up(), 0);
  expect(project.resource('api-1')?.inputs['container']).toBe(next);
  expect((await scratch.inspect(old)).State.Running).toBe(false);
});

test('a first release that fails leaves nothing in the state, so the next up tries again', async () => {
  const container = await candidate(BROKEN);
  project.declare(replica(container));
  expect((await project.up()).exitCode).not.toBe(0);
  expect(project.resource('api-1')).toBeUndefined();
  await mend(container);
  exits(await project.up(), 0);
});

test('Ctrl-C ends a gate promptly and says how things stand; the next up goes on', async () => {
  const container = await candidate(`while ! test -e /mended; do sleep 0.1; done; ${HEALTHY}`);
  project.declare(replica(container));
  const up = project.start('up', '--yes', '--skip-preview', '--stack', 'dev');
  await eventually(() => {
    expect(up.printed()).toContain('waiting for health check');
  });
  const begun = Date.now();
  up.signal('SIGINT');
  const { exitCode, all } = await up.answer;
  expect(Date.now() - begun).toBeLessThan(5000);
  expect(exitCode).not.toBe(0);
  expect(all).toContain('interrupted while waiting for it to get healthy');
  await mend(container);
  exits(await project.up(), 0);
});

test('inputs that can’t be right are told all at once, before anything is touched', async () => {
  project.declare({ ...job('true', { timeoutMs: 0, comand: ['x'] }) });
  const { exitCode, all } = await project.up();
  expect(exitCode).not.toBe(0);
  expect(all).toMatch(/timeoutMs/);
  expect(all).toMatch(/comand.*there is no such input/s);
});

import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerInspectInfo } from 'dockerode';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { unpainted } from '../../../cli/context.ts';
import { changesOf } from '../../../cli/preview/changes.ts';
import { changesText } from '../../../cli/preview/show.ts';
import { parseEvent } from '../../../cli/pulumi/events.ts';
import { engineHost } from '../../../engine/connect.ts';
import { exits } from '../support/answer.ts';
import { planOf, resolveShop, service, system } from '../../unit/config/fixture.ts';
import { IMAGE, Scratch } from './scratch.ts';
import { ScratchProject } from './scratch-project.ts';
import { SYSTEM_PROGRAM } from './scratch-system.ts';

/*
 * A whole system of the test's own on a real engine, as the program deploys it: what LinkFlow has no use for.
 */

jest.setTimeout(180_000);

const MINUTE = 'trap "exit 0" TERM; sleep 60 & wait';
const folder = mkdtempSync(join(tmpdir(), 'slipway-system-'));
const scratch = new Scratch();
let project: ScratchProject;

const description = (level: string) =>
  system(
    {
      api: service({
        command: ['sh', '-c', MINUTE],
        environment: { LEVEL: level },
        ports: { http: { container: 8000, published: 'free' } },
        secrets: { TOKEN: { secret: 'TOKEN', deliver: 'env' } },
        rollout: { stopGrace: '1s' },
      }),
      setup: service({
        kind: 'job',
        command: ['sh', '-c', 'test "$(printf %s "$TOKEN" | tail -1)" = two'],
        secrets: { TOKEN: { secret: 'TOKEN', deliver: 'env' } },
      }),
    },
    {
      name: scratch.name,
      images: { app: { reference: IMAGE, uid: 1000, gid: 1000 } },
      secrets: { TOKEN: { description: 'Of the test.', format: { kind: 'template', template: '' }, provided: false } },
    },
  );

function give(level: string, token: string, running: readonly string[] = []): void {
  const plan = planOf(resolveShop(description(level), { providedSecrets: ['TOKEN'] }));
  const host = engineHost();
  project.give('system.json', { plan: { ...plan, stack: scratch.name }, values: { TOKEN: token }, host, running });
}

async function api(): Promise<ContainerInspectInfo> {
  const filters = { label: [`slipway.stack=${scratch.name}`, 'slipway.service=api'] };
  const [container] = await scratch.docker.listContainers({ filters });
  return scratch.inspect(container?.Id ?? '');
}

async function published(): Promise<number> {
  return Number((await api()).NetworkSettings.Ports['8000/tcp']?.[0]?.HostPort);
}

/** What `slipway preview --diff` says of it, and all that it is made of. */
async function preview(): Promise<{ text: string; written: string }> {
  const log = join(folder, 'events.jsonl');
  rmSync(log, { force: true });
  const answer = await project.pulumi('preview', '--diff', '--stack', 'dev', '--event-log', log);
  exits(answer, 0);
  const events = readFileSync(log, 'utf8');
  const changes = changesOf(events.split('\n').flatMap((line) => parseEvent(line) ?? []));
  return { text: changesText('dev', changes, true, unpainted), written: answer.all + JSON.stringify(changes) };
}

beforeAll(async () => {
  project = await ScratchProject.create({ program: SYSTEM_PROGRAM, env: { PULUMI_DEBUG_COMMANDS: 'true' } });
});

afterAll(async () => {
  project.dispose();
  await scratch.dispose();
  rmSync(folder, { recursive: true, force: true });
});

test('a secret is a variable where it is asked for, whole, in no clear state, and a preview says when it changes', async () => {
  const token = 'one\ntwo';
  give('info', token);
  exits(await project.up(), 0);
  expect((await api()).Config.Env).toEqual(expect.arrayContaining(['LEVEL=info', `TOKEN=${token}`]));
  expect(project.state()).not.toContain('one\\ntwo');
  give('info', token, ['api-1']);
  expect(await preview()).toMatchObject({ text: 'stack dev: no changes' });

  const fresh = 'three and four';
  give('debug', fresh, ['api-1']);
  const { text, written } = await preview();
  expect(text).toContain('envs:\n        - LEVEL=info\n        + LEVEL=debug\n        ~ TOKEN=[secret]\n');
  expect(text).toContain('environment:\n        ~ TOKEN=[secret]');
  for (const value of ['one\\ntwo', token, fresh]) expect(written).not.toContain(value);
});

test('a port that is free is kept, and chosen anew once somebody else has it', async () => {
  give('info', 'one\ntwo', ['api-1']);
  const before = await published();
  expect(project.resource('ports')?.outputs['ports']).toEqual({ 'api.http': before });
  await scratch.docker.getContainer((await api()).Id).stop();
  const thief = createServer().listen({ host: '127.0.0.1', port: before });
  try {
    await once(thief, 'listening');
    exits(await project.up(), 0);
    const after = await published();
    expect(after).toBeGreaterThanOrEqual(20_000);
    expect(after).not.toBe(before);
    expect((await preview()).text).toBe('stack dev: no changes');
  } finally {
    thief.close();
  }
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerInspectInfo } from 'dockerode';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { changesOf, type Change } from '../../../cli/preview/changes.ts';
import { forecastOf } from '../../../cli/preview/forecast.ts';
import { lineSplitter, parseEvent } from '../../../cli/pulumi/events.ts';
import { TYPES } from '../../../cli/pulumi/resource-types.ts';
import { parseCheckpoint } from '../../../cli/pulumi/state.ts';
import type { Forecast } from '../../../config/effects/types.ts';
import type { Plan } from '../../../config/plan/types.ts';
import type { SystemDescription } from '../../../config/schema/system.ts';
import { engineHost } from '../../../engine/connect.ts';
import { exits } from '../support/answer.ts';
import { planOf, resolveShop, service, system } from '../../unit/config/fixture.ts';
import { EDITS, ROUNDS, type Edit, type Fate } from './preview-edits.ts';
import { IMAGE, Scratch } from './scratch.ts';
import { ScratchProject } from './scratch-project.ts';
import { SYSTEM_PROGRAM } from './scratch-system.ts';

/*
 * A preview tells the truth: field by field, what it says becomes of each container is what an `up` does to it, by the
 * ids of containers; who is out meanwhile, and how much runs at once, by the events of the engine.
 */

jest.setTimeout(300_000);

const WAIT = 'trap "exit 0" TERM; trap : HUP; while :; do sleep 600 & wait; done';
const folder = mkdtempSync(join(tmpdir(), 'slipway-preview-'));
const scratch = new Scratch();
const names = Object.keys(EDITS);
let project: ScratchProject;
let otherImage: string;

let services = Object.fromEntries(
  names.map((name) => [
    name,
    service({
      entrypoint: ['sh', '-c'],
      environment: { LEVEL: 'info' },
      secrets: { TOKEN: `TOKEN_${name.toUpperCase()}` },
      ...(name === 'm'
        ? { kind: 'job', command: ['true'] }
        : {
            command: [WAIT],
            files: { '/etc/app/a.conf': { content: 'one' } },
            rollout: { stopGrace: '1s' },
          }),
    }),
  ]),
);
let values: Record<string, string> = Object.fromEntries(names.map((name) => [`TOKEN_${name.toUpperCase()}`, 'one']));

function planNow(): Plan {
  const provided = Object.fromEntries(
    Object.keys(values).map((name) => [
      name,
      { description: 'Of the test.', format: { kind: 'template' as const, template: '' } },
    ]),
  );
  const description: SystemDescription = system(services, {
    name: scratch.name,
    images: {
      app: { reference: IMAGE, uid: 1000, gid: 1000 },
      other: { reference: otherImage, uid: 1000, gid: 1000 },
    },
    secrets: { ...provided, EXTRA: { description: 'Of the test.', format: { kind: 'hex' } } },
    volumes: { data: { description: 'Of the test.' } },
  });
  return { ...planOf(resolveShop(description, { providedSecrets: Object.keys(values) })), stack: scratch.name };
}

/** A container as it is before or after an `up`, by `<service>-<n>`; a job's is its last run. */
type Seen = ReadonlyMap<string, ContainerInspectInfo>;

async function look(): Promise<Seen> {
  const filters = { label: [`slipway.stack=${scratch.name}`] };
  const found = await scratch.docker.listContainers({ all: true, filters });
  const seen = await Promise.all(found.map(({ Id }) => scratch.inspect(Id)));
  return new Map(
    seen.map((container): [string, ContainerInspectInfo] => {
      const { 'slipway.service': name = '', 'slipway.replica': replica = '1' } = container.Config.Labels;
      return [`${name}-${replica}`, container];
    }),
  );
}

function give(plan: Plan, seen: Seen): void {
  project.give('system.json', { plan, values, host: engineHost(), running: [...seen.keys()] });
}

async function preview(plan: Plan): Promise<{ changes: Change[]; forecast: Forecast }> {
  const log = join(folder, 'events.jsonl');
  rmSync(log, { force: true });
  exits(await project.pulumi('preview', '--stack', 'dev', '--event-log', log), 0);
  const changes = changesOf(
    readFileSync(log, 'utf8')
      .split('\n')
      .flatMap((line) => parseEvent(line) ?? []),
  );
  return { changes, forecast: forecastOf(plan, changes, parseCheckpoint(project.state())) };
}

async function up(): Promise<void> {
  exits(await project.pulumi('up', '--yes', '--skip-preview', '--stack', 'dev', '--parallel', '64'), 0);
}

const SAID: Readonly<Record<Change['action'], Fate>> = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  delete: 'removed',
};

/** What the preview says becomes of a replica's container. */
function said(changes: readonly Change[], name: string): Fate {
  const isOf = ({ type, name: full }: Change, wanted: string) => type === wanted && `-${full}`.endsWith(`-${name}`);
  const own = changes.find((change) => isOf(change, TYPES.container));
  if (own) return SAID[own.action];
  if (changes.some((change) => change.type === TYPES.job && change.name === name.replace(/-1$/, ''))) return 'ran';
  const gate = changes.find((change) => isOf(change, TYPES.replica));
  return gate?.fields.includes('pidsLimit') === true ? 'updated' : 'kept';
}

/** What became of it. */
function did(before: ContainerInspectInfo | undefined, after: ContainerInspectInfo | undefined): Fate {
  if (!before || !after) return before ? 'removed' : 'created';
  if (before.Id !== after.Id) return after.Config.Labels['slipway.kind'] === 'job' ? 'ran' : 'replaced';
  return JSON.stringify(before.HostConfig) === JSON.stringify(after.HostConfig) ? 'kept' : 'updated';
}

interface EngineEvent {
  readonly Action: string;
  readonly Actor: { readonly ID: string };
  readonly timeNano: number;
}

interface Moment {
  readonly id: string;
  readonly action: string;
  readonly at: number;
}

/** Hears when containers of the stack start and end; `end` answers with all of it, in order. */
async function listen(): Promise<{ end: () => Moment[] }> {
  const stream = (await scratch.docker.getEvents({
    filters: JSON.stringify({ label: [`slipway.stack=${scratch.name}`], event: ['start', 'die'] }),
  })) as NodeJS.ReadableStream & { destroy: () => void };
  const heard: Moment[] = [];
  const hear = lineSplitter((line) => {
    const { Action, Actor, timeNano } = JSON.parse(line) as EngineEvent;
    heard.push({ id: Actor.ID, action: Action, at: timeNano / 1e6 });
  });
  stream.setEncoding('utf8');
  stream.on('data', hear);
  return {
    end: () => {
      stream.destroy();
      return heard.sort((a, b) => a.at - b.at);
    },
  };
}

/** How long nobody ran for a replica that has been replaced, in milliseconds; less than 0: two ran side by side. */
function gap(history: readonly Moment[], before: string, after: string): number {
  const ended = history.find(({ id, action }) => id === before && action === 'die')?.at ?? NaN;
  const began = history.find(({ id, action }) => id === after && action === 'start')?.at ?? NaN;
  return began - ended;
}

function mostAtOnce(history: readonly Moment[], running: number): number {
  let now = running;
  return Math.max(running, ...history.map(({ action }) => (now += action === 'start' ? 1 : -1)));
}

function isRunning({ State }: ContainerInspectInfo): boolean {
  return State.Running;
}

beforeAll(async () => {
  project = await ScratchProject.create({ program: SYSTEM_PROGRAM, env: { PULUMI_DEBUG_COMMANDS: 'true' } });
  otherImage = `${scratch.name}:other`;
  const container = await scratch.docker.createContainer({ Image: IMAGE, Labels: scratch.labels() });
  await container.commit({ repo: scratch.name, tag: 'other', changes: 'LABEL other=true' });
  await container.remove();
  give(planNow(), new Map());
  await up();
});

afterAll(async () => {
  project.dispose();
  await scratch.dispose();
  await scratch.docker.getImage(otherImage).remove({ force: true });
  rmSync(folder, { recursive: true, force: true });
});

/** Makes the edits, looks at the preview, brings them up, and compares. */
async function round(edits: Readonly<Record<string, Edit>>): Promise<void> {
  services = Object.fromEntries(
    Object.entries(services).map(([name, input]) => [name, edits[name]?.change(input) ?? input]),
  );
  values = Object.fromEntries(
    Object.entries(values).map(([secret, value]) => [
      secret,
      edits[secret.slice('TOKEN_'.length).toLowerCase()]?.value ?? value,
    ]),
  );
  const plan = planNow();
  const before = await look();
  give(plan, before);
  const { changes, forecast } = await preview(plan);
  const events = await listen();
  await up();
  const after = await look();
  const history = events.end();

  const replicas = [...new Set([...before.keys(), ...after.keys()])].sort();
  const of = (name: string, tell: (replica: string) => Fate) =>
    replicas.filter((replica) => replica.replace(/-\d+$/, '') === name).map(tell);
  const table = (tell: (replica: string) => Fate) =>
    Object.fromEntries(names.map((name) => [`${name} ${edits[name]?.field ?? ''}`, of(name, tell)]));
  const done = table((replica) => did(before.get(replica), after.get(replica)));
  expect(table((replica) => said(changes, replica))).toEqual(done);
  const wanted = (name: string) => edits[name]?.fates ?? of(name, () => 'kept');
  expect(done).toEqual(Object.fromEntries(names.map((name) => [`${name} ${edits[name]?.field ?? ''}`, wanted(name)])));

  for (const name of names) {
    const effect = forecast.effects.find((each) => each.service === name);
    const gaps = replicas
      .filter((replica) => replica.startsWith(`${name}-`))
      .flatMap((replica) => {
        const [old, fresh] = [before.get(replica), after.get(replica)];
        return old && fresh && old.Id !== fresh.Id && fresh.State.Running ? [gap(history, old.Id, fresh.Id)] : [];
      });
    const about = `${name} ${edits[name]?.field ?? ''}`;
    expect([about, effect?.outage !== undefined]).toEqual([about, gaps.some((each) => !(each < 0))]);
    expect([about, effect?.outage !== undefined]).toEqual([about, edits[name]?.isOut === true]);
    expect([about, effect?.isChecked === true]).toEqual([about, edits[name]?.isChecked === true]);
    expect([about, effect?.readsAgain === true]).toEqual([about, edits[name]?.readsAgain === true]);
    for (const each of gaps) expect(each).toBeLessThan(effect?.outage?.atMostMs ?? 0.001);
  }
  const most = mostAtOnce(history, [...before.values()].filter(isRunning).length);
  expect(most).toBeLessThanOrEqual(forecast.peak.containers);
}

test.each(Array.from({ length: ROUNDS }, (_, number) => number))(
  'round %i of edits comes out as said',
  async (number) => {
    await round(
      Object.fromEntries(names.flatMap((name) => (EDITS[name]?.[number] ? [[name, EDITS[name][number]]] : []))),
    );
  },
);

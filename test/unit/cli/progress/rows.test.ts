import { describe, expect, test } from '@jest/globals';
import { begin, reduce, type Progress } from '../../../../cli/progress/progress.ts';
import { removalRowsOf, rowsOf, type Followed } from '../../../../cli/progress/rows.ts';
import type { EngineEvent } from '../../../../cli/pulumi/events.ts';
import { underWay } from '../../../../cli/progress/work.ts';
import { CONTAINER, done, error, failed, IMAGE, info, JOB, REPLICA, serviceUrn, started, step } from './events.ts';

const service = (name: string, more: Partial<Followed> = {}): Followed => ({
  name,
  kind: 'service',
  replicas: 1,
  dependsOn: [],
  imageName: 'workload',
  isBuilt: true,
  ...more,
});

const postgres = service('postgres', { imageName: 'postgres' });
const migrate = service('migrate', { kind: 'job', dependsOn: ['postgres'] });
const api = service('api', { replicas: 2, dependsOn: ['postgres', 'migrate'] });
const services = [postgres, migrate, api];

/** Feeds events in, a second apart. */
function after(...events: EngineEvent[]): Progress {
  return events.reduce((progress, event, index) => reduce(progress, event, (index + 1) * 1000), begin(0));
}

function texts(progress: Progress): Record<string, string> {
  return Object.fromEntries(rowsOf(progress, services).map((row) => [row.service, `${row.phase}: ${row.text}`]));
}

const gate = (name: string, op = 'create') => step(op, REPLICA, `${name}-1`, name);
const container = (name: string, op = 'create') => step(op, CONTAINER, `linkflow-dev-${name}-1`, name);
const passed = (name: string, op = 'create'): EngineEvent[] => [
  started(container(name, op)),
  done(container(name, op)),
  started(gate(name, op)),
  done(gate(name, op)),
];

describe('rowsOf', () => {
  test('says whom a service waits for, and only those that are not ready', () => {
    expect(texts(after())).toEqual({
      postgres: 'waiting: preparing',
      migrate: 'waiting: waiting for postgres',
      api: 'waiting: waiting for postgres, migrate',
    });
    expect(texts(after(...passed('postgres')))).toMatchObject({
      migrate: 'waiting: preparing',
      api: 'waiting: waiting for migrate',
    });
  });

  test('follows a service from its image through start and gate to health', () => {
    const image = step('create', IMAGE, 'postgres');
    const events = [
      started(image),
      done(image),
      started(container('postgres')),
      done(container('postgres')),
      started(gate('postgres')),
      info(gate('postgres'), 'waiting for health check\n', true),
      info(gate('postgres'), 'healthy after 3.2 s\n'),
      done(gate('postgres')),
    ];
    const seen = events.map((_, index) => texts(after(...events.slice(0, index + 1)))['postgres']);
    expect(seen).toEqual([
      'working: building image',
      'waiting: preparing',
      'working: starting',
      'waiting: preparing',
      'working: waiting for health check',
      'working: waiting for health check',
      'working: waiting for health check',
      'ready: healthy after 3.2 s',
    ]);
  });

  test('keeps what changes from moment to moment out of the text', () => {
    const progress = after(started(gate('postgres')), info(gate('postgres'), 'health check: no answer', true));
    expect(rowsOf(progress, services)[0]).toEqual({
      service: 'postgres',
      phase: 'working',
      text: 'waiting for health check',
      note: 'health check: no answer',
    });
  });

  test('is ready only when every replica is, and tells the slowest', () => {
    const second = step('create', REPLICA, 'api-2', 'api');
    const first = [started(gate('api')), info(gate('api'), 'healthy after 1.0 s'), done(gate('api')), started(second)];
    expect(texts(after(...first))['api']).toBe('working: waiting for health check (1 of 2 healthy)');
    expect(texts(after(...first, info(second, 'healthy after 4.5 s'), done(second)))['api']).toBe(
      'ready: healthy after 4.5 s (2 replicas)',
    );
  });

  test('shows a job as running, then completed', () => {
    const job = step('create', JOB, 'migrate', 'migrate');
    expect(texts(after(started(job)))['migrate']).toBe('working: running');
    expect(texts(after(started(job), info(job, 'finished after 2.1 s'), done(job)))['migrate']).toBe(
      'ready: completed after 2.1 s',
    );
  });

  test('calls a service unchanged whose resources all stay the same', () => {
    expect(texts(after(...passed('postgres', 'same')))['postgres']).toBe('unchanged: unchanged');
  });

  test('tells that only the number of replicas went down', () => {
    const gone = step('delete', CONTAINER, 'linkflow-dev-postgres-2', 'postgres');
    const progress = after(...passed('postgres', 'same'), started(gone), done(gone));
    expect(texts(progress)['postgres']).toBe('ready: unchanged, 1 fewer');
  });

  test('is ready while the old container of a replacement is still stopping', () => {
    const old = step('delete-replaced', CONTAINER, 'linkflow-dev-postgres-1', 'postgres');
    const row = rowsOf(after(...passed('postgres', 'update'), started(old)), services)[0];
    expect(row).toMatchObject({ phase: 'ready', note: 'stopping the old container' });
  });

  test('says that the old container stops where it goes first', () => {
    const old = step('delete-replaced', CONTAINER, 'linkflow-dev-postgres-1', 'postgres');
    expect(texts(after(started(old)))['postgres']).toBe('working: stopping the old container');
  });

  test('takes what is only looked at for nothing that has been done', () => {
    const looked = passed('postgres', 'refresh');
    const image = step('create-replacement', IMAGE, 'postgres');
    expect(texts(after(started(gate('postgres', 'refresh'))))['postgres']).toBe('waiting: preparing');
    expect(texts(after(...looked, started(image)))['postgres']).toBe('working: building image');
    expect(texts(after(...looked, ...passed('postgres', 'same')))['postgres']).toBe('unchanged: unchanged');
  });

  test('is failed once one of its resources is', () => {
    expect(texts(after(started(gate('postgres')), failed(gate('postgres'))))['postgres']).toBe('failed: failed');
    const image = step('create', IMAGE, 'postgres');
    expect(texts(after(started(image), failed(image)))['postgres']).toBe('failed: failed: no image');
  });

  test('lists services that the plan no longer has while they are removed', () => {
    const gone = step('delete', CONTAINER, 'linkflow-dev-edge-1', 'edge');
    const component = { ...step('delete', 'slipway:components:Service', 'edge', 'edge'), urn: serviceUrn('edge') };
    expect(texts(after(started(gone)))['edge']).toBe('removing: stopping');
    expect(texts(after(started(gone), done(gone), started(component), done(component)))['edge']).toBe(
      'removed: removed',
    );
  });
});

test('underWay tells what Pulumi does, kind by kind, the oldest first, of many only the first', () => {
  const old = ['api', 'queue', 'timer', 'web'].map((name) => started(container(name, 'delete-replaced')));
  const release = step('update', 'slipway:index:Release', 'release');
  const network = step('create', 'docker:index/network:Network', 'home');
  const system = step('create', 'slipway:components:System', 'linkflow');
  const events = [started(system), started(network), done(network), started(release), ...old];
  expect(underWay(after(...events), 10_000)).toEqual([
    'updating record of the release (6.0 s)',
    'deleting old container api, queue, timer and 1 more (5.0 s)',
  ]);
  expect(underWay(after(started(gate('api', 'refresh'))), 1500)).toEqual(['looking at replica api (0.5 s)']);
  expect(underWay(after(started(system)), 1500)).toEqual([]);
});

test('removalRowsOf shows every service of a down, those not begun as waiting', () => {
  const gone = step('delete', CONTAINER, 'linkflow-dev-api-1', 'api');
  const services = [
    { name: 'api', containers: 1 },
    { name: 'postgres', containers: 1 },
  ];
  expect(removalRowsOf(after(started(gone)), services)).toEqual([
    { service: 'api', phase: 'removing', text: 'stopping' },
    { service: 'postgres', phase: 'waiting', text: 'waiting' },
  ]);
});

test('removalRowsOf calls a service removed once all its containers are gone', () => {
  const first = step('delete', CONTAINER, 'linkflow-dev-api-1', 'api');
  const second = step('delete', CONTAINER, 'linkflow-dev-api-2', 'api');
  const services = [{ name: 'api', containers: 2 }];
  expect(removalRowsOf(after(started(first), done(first)), services)[0]?.text).toBe('stopping');
  expect(removalRowsOf(after(started(first), done(first), started(second), done(second)), services)[0]?.text).toBe(
    'removed',
  );
});

describe('reduce', () => {
  test("keeps a problem with its resource and the provider's words, without colours", () => {
    const progress = after(started(gate('api')), error(gate('api'), '\u001b[31mapi did not get healthy\u001b[0m\n'));
    expect(progress.problems).toEqual([
      { urn: gate('api').urn, type: REPLICA, name: 'api-1', service: 'api', message: 'api did not get healthy' },
    ]);
  });

  test('leaves out what Pulumi adds only to say that there were problems', () => {
    expect(after(error(undefined, 'update failed')).problems).toEqual([]);
  });
});

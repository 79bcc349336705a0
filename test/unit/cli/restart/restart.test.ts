import { describe, expect, test } from '@jest/globals';
import { unpainted } from '../../../../cli/context.ts';
import { rowsOfRestart } from '../../../../cli/restart/rows.ts';
import { brokenText, doneText } from '../../../../cli/restart/show.ts';
import { Restart, type Hands, type Step } from '../../../../cli/restart/steps.ts';
import { targetsOf, type Target, type Wave } from '../../../../cli/restart/targets.ts';
import type { StackState, StateResource } from '../../../../cli/pulumi/state.ts';
import type { Dependency } from '../../../../config/plan/types.ts';
import { plannedService } from '../../components/planned-service.ts';

const after = (...services: string[]): Dependency[] => services.map((service) => ({ service, condition: 'healthy' }));
const healthcheck = {
  test: ['CMD', 'true'],
  interval: '10s',
  timeout: '5s',
  retries: 3,
  startPeriod: '0s',
  startInterval: '1s',
};
const services = [
  plannedService({ name: 'api', replicas: 2, dependsOn: after('db', 'migrate'), healthcheck }),
  plannedService({ name: 'db' }),
  plannedService({ name: 'migrate', kind: 'job', dependsOn: after('db') }),
  plannedService({ name: 'web', dependsOn: after('api'), healthcheck }),
  plannedService({ name: 'worker', dependsOn: after('db', 'migrate'), healthcheck }),
];

function replica(name: string, more: Partial<StateResource> = {}): StateResource {
  const [, service = '', number = ''] = /^(.*)-(\d+)$/.exec(name) ?? [];
  return {
    urn: `urn:pulumi:dev::slipway::slipway:components:Service$slipway:index:Replica::${name}`,
    type: 'slipway:index:Replica',
    outputs: { service, replica: Number(number), container: `${name}-id` },
    ...more,
  };
}

function state(...names: string[]): StackState {
  return { exists: true, resources: names.map((name) => replica(name)), pending: 0 };
}

const ALL = ['api-1', 'api-2', 'db-1', 'web-1', 'worker-1'];
const named = (waves: readonly Wave[]): string[][][] =>
  waves.map((wave) => wave.map(({ targets }) => targets.map(({ name }) => name)));

describe('what is restarted', () => {
  test('is every replica, in the order in which services depend on each other; jobs are left out', () => {
    const { waves, missing } = targetsOf({ services }, state(...ALL), []);
    expect(named(waves)).toEqual([[['db-1']], [['api-1', 'api-2'], ['worker-1']], [['web-1']]]);
    expect(missing).toEqual([]);
    expect(waves[1]?.[0]?.targets[1]).toEqual({
      name: 'api-2',
      service: 'api',
      container: 'api-2-id',
      graceMs: 30_000,
      timeoutMs: 60_000,
      hasHealthcheck: true,
    });
  });

  test.each<[string[], string[][][]]>([
    [['web'], [[['web-1']]]],
    [
      ['web', 'db'],
      [[['db-1']], [['web-1']]],
    ],
  ])('is %j alone where they are named', (names, waves) => {
    expect(named(targetsOf({ services }, state(...ALL), names).waves)).toEqual(waves);
  });

  test('tells what is planned and not there', () => {
    expect(targetsOf({ services }, state('api-1', 'db-1', 'web-1'), []).missing).toEqual(['api-2', 'worker-1']);
    expect(targetsOf({ services }, state('api-1', 'db-1', 'web-1'), ['db']).missing).toEqual([]);
  });

  test('is what the state holds to be current, replicas beyond the plan included', () => {
    const resources = [
      ...['web-1', 'web-2'].map((name) => replica(name)),
      replica('web-1', { delete: true, outputs: {} }),
    ];
    const { waves } = targetsOf({ services }, { exists: true, resources, pending: 0 }, ['web']);
    expect(named(waves)).toEqual([[['web-1', 'web-2']]]);
  });
});

const { waves } = targetsOf({ services }, state(...ALL), []);

/** Hands that do what a test says, and note it. `wait` takes a turn of the loop. */
function hands(more: Partial<Hands> = {}): { readonly hands: Hands; readonly log: string[] } {
  const log: string[] = [];
  return {
    log,
    hands: {
      restart: ({ name }) => {
        log.push(`restart ${name}`);
        return Promise.resolve(true);
      },
      wait: async ({ name }) => {
        await new Promise((resolve) => setImmediate(resolve));
        log.push(`well ${name}`);
        return { healthy: true, afterMs: 1200 };
      },
      ...more,
    },
  };
}

async function run(how: Hands, signal = new AbortController().signal): Promise<Record<string, Step['is']>> {
  const restart = new Restart(waves, how, signal);
  await restart.run();
  return Object.fromEntries([...restart.steps].map(([name, { is }]) => [name, is]));
}

describe('a restart', () => {
  test('waits for each wave and each replica, and has services of one wave go side by side', async () => {
    const { hands: how, log } = hands();
    expect(new Set(Object.values(await run(how)))).toEqual(new Set(['done']));
    expect(log).toEqual([
      ...['restart db-1', 'well db-1'],
      ...['restart api-1', 'restart worker-1', 'well api-1', 'restart api-2', 'well worker-1', 'well api-2'],
      ...['restart web-1', 'well web-1'],
    ]);
  });

  test.each<[string, Partial<Hands>]>([
    ['does not get healthy', { wait: ({ name }) => verdict(name === 'api-1') }],
    ['can’t be restarted', { restart: ({ name }) => (name === 'api-1' ? Promise.reject(new Error('no')) : back()) }],
    [
      'can’t be looked at',
      { wait: ({ name }) => (name === 'api-1' ? Promise.reject(new Error('no')) : verdict(false)) },
    ],
  ])('begins nothing more once a container %s', async (_, failing) => {
    expect(await run(hands(failing).hands)).toMatchObject({
      'db-1': 'done',
      'api-1': 'failed',
      'api-2': 'untouched',
      'web-1': 'untouched',
    });
  });

  test('no longer waits for others once a container has failed', async () => {
    const wait: Hands['wait'] = ({ name }, signal) => (name === 'worker-1' ? until(signal) : verdict(name === 'api-1'));
    expect(await run(hands({ wait }).hands)).toMatchObject({ 'api-1': 'failed', 'worker-1': 'unwatched' });
  });

  test('that is stopped has what is being restarted restarted, and waits for nothing', async () => {
    const stop = new AbortController();
    const restart = ({ name }: Target): Promise<boolean> => {
      if (name === 'api-1') stop.abort();
      return back();
    };
    const wait: Hands['wait'] = ({ name }, signal) => (name === 'worker-1' ? until(signal) : verdict(false));
    expect(await run(hands({ restart, wait }).hands, stop.signal)).toEqual({
      'db-1': 'done',
      'api-1': 'unwatched',
      'api-2': 'untouched',
      'worker-1': 'untouched',
      'web-1': 'untouched',
    });
  });

  test('that is stopped while it waits leaves alone what it waited for', async () => {
    const stop = new AbortController();
    const wait: Hands['wait'] = (_, signal) => {
      stop.abort();
      return until(signal);
    };
    expect(await run(hands({ wait }).hands, stop.signal)).toMatchObject({ 'db-1': 'unwatched', 'api-1': 'untouched' });
  });

  test('that is left at once tells what the engine is at', async () => {
    const steps = await run(hands({ restart: ({ name }) => Promise.resolve(name !== 'db-1') }).hands);
    expect(steps['db-1']).toBe('restarting');
  });
});

function verdict(fails: boolean): ReturnType<Hands['wait']> {
  return Promise.resolve(fails ? { healthy: false, cause: 'it exited with code 1' } : { healthy: true, afterMs: 900 });
}

function back(): Promise<boolean> {
  return Promise.resolve(true);
}

/** Ends as the gate does when it is told to. */
function until(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => {
      reject(new Error('aborted'));
    };
    if (signal.aborted) end();
    signal.addEventListener('abort', end);
  });
}

const done: Step = { is: 'done', afterMs: 1200 };
const untouched: Step = { is: 'untouched' };

function steps(changes: Readonly<Record<string, Step>>, others: Step = untouched): Map<string, Step> {
  return new Map(ALL.map((name) => [name, changes[name] ?? others]));
}

describe('the rows of a restart', () => {
  test.each<[string, Record<string, Step>, string[]]>([
    [
      'before it begins',
      {},
      ['db waiting', 'api waiting for db', 'worker waiting for db', 'web waiting for db, api, worker'],
    ],
    [
      'in the middle',
      { 'db-1': done, 'api-1': done, 'api-2': { is: 'waiting' }, 'worker-1': { is: 'restarting' } },
      [
        'db running',
        'api waiting for health check (1 of 2 healthy)',
        'worker restarting',
        'web waiting for api, worker',
      ],
    ],
    [
      'when one has failed',
      { 'db-1': done, 'api-1': { is: 'failed', cause: 'no' }, 'worker-1': { is: 'unwatched' } },
      ['db running', 'api failed', 'worker restarted, not waited for', 'web waiting for api, worker'],
    ],
    [
      'at its end',
      Object.fromEntries(ALL.map((name) => [name, done])),
      ['db running', 'api healthy after 1.2 s (2 replicas)', 'worker healthy after 1.2 s', 'web healthy after 1.2 s'],
    ],
  ])('%s', (_, changes, texts) => {
    expect(rowsOfRestart(waves, steps(changes)).map(({ service, text }) => `${service} ${text}`)).toEqual(texts);
  });

  test('tell who has yet to recover', () => {
    expect(rowsOfRestart([], steps({}), ['api-1', 'queue-1'])).toEqual([
      { service: 'callers', phase: 'working', text: 'waiting for api-1, queue-1 to be healthy again' },
    ]);
  });
});

describe('what a restart ends with', () => {
  const over = { stack: 'test', host: 'unix:///docker.sock', waves, tookMs: 12_300, ill: [] };

  test('is a line where all went well', () => {
    expect(doneText({ ...over, steps: steps({}, done) }, unpainted)).toBe(
      'stack test: 5 containers of 4 services restarted in 12.3 s',
    );
  });

  test('is the cause, how things stand and what to do where something failed', () => {
    const failed: Step = { is: 'failed', cause: 'it exited with code 1\nthe end of its log:\n  | boom' };
    const now = steps({ 'db-1': done, 'api-1': failed, 'worker-1': { is: 'unwatched' } });
    expect(brokenText({ ...over, steps: now }, false, unpainted).split('\n')).toEqual([
      '✗ api-1 on unix:///docker.sock: it exited with code 1',
      '    the end of its log:',
      '      | boom',
      '',
      'restarted: db-1',
      'restarted, and not waited for: worker-1',
      'failed: api-1',
      'not restarted: api-2, web-1',
      '`slipway restart --stack test api worker web` goes on from here. `slipway logs --stack test api` shows more.',
    ]);
  });

  test('is how things stand where it was stopped', () => {
    const now = steps({ 'db-1': done, 'api-1': { is: 'restarting' } });
    expect(brokenText({ ...over, steps: now }, true, unpainted).split('\n')).toEqual([
      'stopped; every container is either restarted or as it was',
      '',
      'restarted: db-1',
      'being restarted by the engine: api-1',
      'not restarted: api-2, web-1, worker-1',
      '`slipway restart --stack test api worker web` goes on from here.',
    ]);
  });

  test('is who did not recover', () => {
    const text = brokenText({ ...over, steps: steps({}, done), ill: ['queue-1'] }, false, unpainted);
    expect(text).toContain('✗ healthy before, and not any more: queue-1');
    expect(text).toContain('`slipway logs --stack test queue` shows more.');
  });
});

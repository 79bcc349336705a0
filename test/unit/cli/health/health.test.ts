import { describe, expect, test } from '@jest/globals';
import { unpainted } from '../../../../cli/context.ts';
import { assessHealth, checkText } from '../../../../cli/health/assess.ts';
import { healthText } from '../../../../cli/health/show.ts';
import { healthSince } from '../../../../cli/health/since.ts';
import type { Observed, Probe } from '../../../../cli/status/observe.ts';
import { plannedService } from '../../components/planned-service.ts';

const START = '2026-11-21T12:00:00.000Z';
const NOW = Date.parse('2026-11-21T12:10:00Z');
const at = (seconds: number): string => new Date(Date.parse(START) + seconds * 1000).toISOString();

/** A probe that began so many seconds after the container, and took half a second. */
function probe(seconds: number, exitCode = 0, output = ''): Probe {
  return { startedAt: at(seconds), endedAt: at(seconds + 0.5), exitCode, output };
}

function container(more: Partial<Observed> = {}): Observed {
  return {
    id: 'id',
    name: 'shop-dev-api-1',
    service: 'api',
    replica: 1,
    kind: 'service',
    running: true,
    created: 1,
    state: 'running',
    health: 'healthy',
    failingStreak: 0,
    probes: [probe(1)],
    exitCode: 0,
    outOfMemory: false,
    startedAt: START,
    restarts: 0,
    imageName: 'app',
    imageId: 'sha256:aa',
    ports: [],
    ...more,
  };
}

const stopped: Partial<Observed> = { state: 'exited', exitCode: 3, finishedAt: at(30), running: false };

describe('since when a container is as it is', () => {
  test.each<[string, Partial<Observed>, string | undefined]>([
    ['healthy since its start, as far as is known', {}, START],
    [
      'healthy since the first success after a failure',
      { probes: [probe(1), probe(11, 1), probe(21), probe(31)] },
      at(21.5),
    ],
    ['healthy whatever failed before it was started again', { probes: [probe(-20, 1), probe(-10), probe(1)] }, START],
    [
      'unhealthy since the first of the failures in a row',
      unhealthy(2, [probe(1, 1), probe(11), probe(21, 1), probe(31, 1)]),
      at(21),
    ],
    [
      'unhealthy for longer than the engine remembers',
      unhealthy(
        8,
        [31, 41, 51, 61, 71].map((seconds) => probe(seconds, 1)),
      ),
      at(1),
    ],
    ['unhealthy before any probe', unhealthy(0, []), START],
    ['starting since its start', { health: 'starting', probes: [probe(1, 1)] }, START],
    ['without a check, running since its start', withoutCheck(), START],
    ['stopped since it ended', stopped, at(30)],
    ['paused since nobody knows when', { state: 'paused' }, undefined],
  ])('%s', (_, more, since) => {
    expect(healthSince(container(more))).toBe(since);
  });
});

function unhealthy(failingStreak: number, probes: readonly Probe[]): Partial<Observed> {
  return { health: 'unhealthy', failingStreak, probes };
}

function withoutCheck(): Observed {
  const { health: _health, failingStreak: _streak, probes: _probes, ...rest } = container();
  return rest;
}

const healthcheck = {
  test: ['CMD', '/usr/local/bin/healthcheck', 'http', '8000', '/health'],
  interval: '10s',
  timeout: '5s',
  retries: 3,
  startPeriod: '0s',
  startInterval: '1s',
};
const services = [plannedService({ replicas: 2, healthcheck }), plannedService({ name: 'migrate', kind: 'job' })];
const expected = { containers: new Set<string>(), images: new Map<string, never>() };
const second = container({ id: 'second', replica: 2 });
const job = container({
  ...withoutCheck(),
  id: 'job',
  service: 'migrate',
  kind: 'job',
  replica: undefined,
  ...stopped,
  exitCode: 0,
});
const assessed = (...observed: Observed[]): ReturnType<typeof assessHealth> =>
  assessHealth({ services }, observed, expected);

describe('assessHealth', () => {
  test('finds healthy what is, job and all', () => {
    const check = 'healthcheck http 8000 /health';
    const api = { service: 'api', kind: 'service', health: 'healthy', isHealthy: true, since: START, failingStreak: 0 };
    expect(assessed(container(), second, job)).toEqual({
      isHealthy: true,
      replicas: [
        { ...api, replica: 1, check },
        { ...api, replica: 2, check },
        { service: 'migrate', kind: 'job', health: 'completed', isHealthy: true, since: at(30), exitCode: 0 },
      ],
    });
  });

  test.each<[string, Observed | undefined, object]>([
    [
      'unhealthy',
      container(unhealthy(1, [probe(1, 1, 'no connection\n')])),
      { health: 'unhealthy', failingStreak: 1, lastOutput: 'no connection' },
    ],
    ['starting', container({ health: 'starting', probes: [] }), { health: 'starting' }],
    ['paused', container({ state: 'paused' }), { health: 'paused' }],
    ['stopped', container(stopped), { health: 'stopped (exit code 3)', exitCode: 3 }],
    ['out of memory', container({ ...stopped, outOfMemory: true }), { health: 'stopped (out of memory)' }],
    ['restarting', container({ state: 'restarting', exitCode: 1 }), { health: 'restarting (exit code 1)' }],
    ['missing', undefined, { health: 'missing' }],
  ])('finds a replica that is %s not healthy', (_, first, found) => {
    const { isHealthy, replicas } = assessed(...(first ? [first] : []), second, job);
    expect(isHealthy).toBe(false);
    expect(replicas[0]).toMatchObject({ ...found, replica: 1, isHealthy: false });
    expect(replicas[1]).toMatchObject({ isHealthy: true });
  });

  test('finds a service without a check healthy for as long as it runs', () => {
    const plan = { services: [plannedService()] };
    expect(assessHealth(plan, [withoutCheck()], expected).replicas[0]).toEqual({
      service: 'api',
      kind: 'service',
      replica: 1,
      health: 'running',
      isHealthy: true,
      since: START,
    });
  });

  test.each<[string, Observed | undefined, object]>([
    ['failed', { ...job, exitCode: 2 }, { health: 'failed (exit code 2)', exitCode: 2 }],
    ['runs', { ...job, state: 'running' }, { health: 'running' }],
    ['has not run', undefined, { health: 'missing' }],
  ])('finds a job that %s not done', (_, run, found) => {
    const { isHealthy, replicas } = assessed(container(), second, ...(run ? [run] : []));
    expect(isHealthy).toBe(false);
    expect(replicas[2]).toMatchObject({ ...found, isHealthy: false });
  });

  test('passes over what probes found before a container stopped', () => {
    const found = assessed(container({ ...unhealthy(4, [probe(1, 1, 'old')]), ...stopped }), second, job);
    expect(found.replicas[0]).not.toHaveProperty('lastOutput');
    expect(found.replicas[0]).not.toHaveProperty('failingStreak');
  });

  test('passes over what probes printed before the last start', () => {
    const found = assessed(container({ health: 'starting', probes: [probe(-5, 1, 'old')] }), second, job);
    expect(found.replicas[0]).not.toHaveProperty('lastOutput');
  });
});

test.each([
  [['CMD', '/usr/local/bin/healthcheck', 'http', '80', '/health'], 'healthcheck http 80 /health'],
  [['CMD', 'pg_isready', '-q'], 'pg_isready -q'],
  [['CMD-SHELL', 'redis-cli ping | grep -q PONG'], 'redis-cli ping | grep -q PONG'],
])('the check %j is called %s', (test, text) => {
  expect(checkText(test)).toBe(text);
});

describe('healthText', () => {
  const about = { system: 'shop', environment: 'dev', stack: 'mine' } as const;
  const shown = (...observed: Observed[]): string[] =>
    healthText(about, assessed(...observed), NOW, unpainted).split('\n');

  test('is a line a replica and the verdict', () => {
    expect(shown(container(), second, job)).toEqual([
      'shop · dev · stack mine',
      '',
      'SERVICE  REPLICA  HEALTH      SINCE  FAILING  CHECK',
      'api            1  healthy       10m        0  healthcheck http 8000 /health',
      'api            2  healthy       10m        0  healthcheck http 8000 /health',
      'migrate      job  completed  9m 30s        -  exit code 0',
      '',
      'all healthy',
    ]);
  });

  test('shows what the last probe printed, on one line, and who is not healthy', () => {
    const ill = container(unhealthy(3, [probe(570, 1, '503\n{"status":"unhealthy"}')]));
    const lines = shown(ill, second, { ...job, exitCode: 2 });
    expect(lines[2]).toMatch(/ {2}LAST OUTPUT$/);
    expect(lines[3]).toMatch(/^api +1 {2}unhealthy +30s +3 .* {2}503 \{"status":"unhealthy"\}$/);
    expect(lines.at(-1)).toBe('2 of 3 not healthy: api-1, migrate');
  });
});

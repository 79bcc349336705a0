import { describe, expect, test } from '@jest/globals';
import type { Plan, PlannedService } from '../../../../config/plan/types.ts';
import { unpainted } from '../../../../cli/context.ts';
import { assess, type Expected } from '../../../../cli/status/assess.ts';
import type { Observed } from '../../../../cli/status/observe.ts';
import { statusText } from '../../../../cli/status/show.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const api = { name: 'api', kind: 'service', replicas: 2, image: 'slipway/workload', imageName: 'workload' };
const migrate = { ...api, name: 'migrate', kind: 'job', replicas: 1 };
const plan = {
  system: 'linkflow',
  environment: 'dev',
  stack: 'dev',
  services: [api, migrate] as unknown as PlannedService[],
} as unknown as Plan;
const expected: Expected = {
  containers: new Set(),
  images: new Map([['workload', { id: 'sha256:aa', name: 'slipway/workload:1234' }]]),
};

function container(replica: number | undefined, more: Partial<Observed> = {}): Observed {
  const name = replica === undefined ? 'migrate' : `api-${replica}`;
  return {
    id: `${name}-id`,
    name: `linkflow-dev-${name}`,
    service: replica === undefined ? 'migrate' : 'api',
    replica,
    kind: replica === undefined ? 'job' : 'service',
    running: true,
    created: 1,
    state: replica === undefined ? 'exited' : 'running',
    ...(replica !== undefined && { health: 'healthy' }),
    exitCode: 0,
    outOfMemory: false,
    startedAt: '2026-11-21T11:58:30Z',
    restarts: 0,
    imageName: 'sha256:aa',
    imageId: 'sha256:aa',
    memoryUsed: 50 * 2 ** 20,
    ports: [],
    ...more,
  };
}

const good = [container(1), container(2), container(undefined)];
const problems = (...observed: Observed[]): readonly string[] => assess(plan, observed, expected, NOW).problems;

describe('assess', () => {
  test('finds nothing wrong with what is as planned', () => {
    const { services, problems: found } = assess(plan, good, expected, NOW);
    expect(found).toEqual([]);
    expect(services[0]).toMatchObject({
      ready: 2,
      wanted: 2,
      health: 'healthy',
      uptimeMs: 90_000,
      image: 'slipway/workload:1234',
      memoryUsed: 100 * 2 ** 20,
    });
    expect(services[1]).toMatchObject({ name: 'migrate', ready: 1, health: 'completed' });
  });

  test.each<[string, Observed[], string]>([
    ['missing', [container(1), container(undefined)], 'api-2 is missing: `slipway up` makes it'],
    [
      'stopped',
      [container(1), container(2, { state: 'exited', exitCode: 3 }), container(undefined)],
      'api-2 is stopped (exit code 3)',
    ],
    [
      'out of memory',
      [container(1), container(2, { state: 'exited', exitCode: 137, outOfMemory: true }), container(undefined)],
      'api-2 is stopped (out of memory)',
    ],
    [
      'restarting',
      [container(1), container(2, { state: 'restarting', exitCode: 1 }), container(undefined)],
      'api-2 is restarting (exit code 1)',
    ],
    ['unhealthy', [container(1), container(2, { health: 'unhealthy' }), container(undefined)], 'api-2 is unhealthy'],
    [
      'not healthy yet',
      [container(1), container(2, { health: 'starting' }), container(undefined)],
      'api-2 is starting',
    ],
    ['too many', [...good, container(3)], 'api-3 runs, and 2 of api are planned'],
    ['twice', [...good, container(2, { id: 'other', created: 0 })], 'api-2: 2 containers run, one is planned'],
    [
      'of another image',
      [container(1), container(2, { imageId: 'sha256:bb' }), container(undefined)],
      'api-2 runs another image than planned (slipway/workload:1234)',
    ],
    [
      'not planned',
      [...good, container(1, { id: 'e', service: 'edge' })],
      'edge-1 runs and is not planned: `slipway up` removes it',
    ],
    ['a job that has not run', [container(1), container(2)], 'migrate has not run'],
    [
      'a job that failed',
      [container(1), container(2), container(undefined, { exitCode: 2 })],
      'migrate: failed (exit code 2)',
    ],
  ])('reports a replica that is %s', (_, observed, problem) => {
    expect(problems(...observed)).toEqual([problem]);
  });

  test('passes over a failed candidate that was left for inspection beside a good one', () => {
    expect(problems(...good, container(2, { id: 'failed', state: 'exited', exitCode: 1, created: 2 }))).toEqual([]);
  });

  test('believes the state as to which of two containers is meant', () => {
    const old = container(2, { id: 'old', health: 'healthy' });
    const current = container(2, { id: 'new', health: 'unhealthy', created: 0 });
    const known = { ...expected, containers: new Set(['new']) };
    const { services } = assess(plan, [container(1), old, current, container(undefined)], known, NOW);
    expect(services[0]?.replicas[1]?.health).toBe('unhealthy');
  });
});

test('statusText is a table with the verdict below it, a line a replica where asked for', () => {
  const text = statusText(plan, assess(plan, good, expected, NOW), true, unpainted);
  expect(text.split('\n')).toEqual([
    'linkflow · dev · stack dev',
    '',
    'SERVICE  REPLICAS  HEALTH     UPTIME   MEMORY  PORTS  IMAGE',
    'api      2/2       healthy    1m 30s  100 MiB  -      slipway/workload:1234',
    '  api-1            healthy    1m 30s   50 MiB  -      slipway/workload:1234',
    '  api-2            healthy    1m 30s   50 MiB  -      slipway/workload:1234',
    'migrate  job       completed       -   50 MiB  -      slipway/workload:1234',
    '',
    'everything as planned',
  ]);
});

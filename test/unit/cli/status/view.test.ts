import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import type { Plan } from '../../../../config/plan/types.ts';
import { unpainted, type Paint } from '../../../../cli/context.ts';
import type { ReplicaStatus, ServiceStatus, StackStatus } from '../../../../cli/status/assess.ts';
import { essence, jsonLine, viewFrame, viewText, type View } from '../../../../cli/status/view.ts';

const plan = { system: 'shop', environment: 'dev', stack: 'dev', services: [] } as unknown as Plan;
const AT = new Date(2026, 10, 21, 12, 0, 5).getTime();
const looks = { isVerbose: false, paint: unpainted, atMs: AT };

function service(name: string, changes: Partial<ServiceStatus> = {}): ServiceStatus {
  const container = `shop-dev-${name}-1`;
  return {
    name,
    kind: 'service',
    ready: 1,
    wanted: 1,
    health: 'healthy',
    uptimeMs: 60_000,
    image: 'slipway/app:1',
    memoryUsed: 2 ** 20,
    ports: ['127.0.0.1:8000→80'],
    replicas: [
      { name: `${name}-1`, container, health: 'healthy', ready: true, restarts: 0, image: 'slipway/app:1', ports: [] },
    ],
    ...changes,
  };
}

function seen(services: readonly ServiceStatus[], problems: readonly string[] = []): View {
  return { kind: 'seen', plan, status: { services, problems } satisfies StackStatus };
}

const reason = 'the engine at unix:///docker.sock does not answer';
const away: View = { kind: 'unseen', stack: 'dev', reason };
const many = Array.from({ length: 20 }, (_, index) => service(`service-${index + 1}`));
const broken = { ready: 0, health: 'unhealthy' };

describe('essence', () => {
  const withReplica = (changes: Partial<ReplicaStatus>): View =>
    seen([service('a', { replicas: service('a').replicas.map((replica) => ({ ...replica, ...changes })) })]);
  test.each<[string, View, boolean]>([
    ['time passes', seen([service('a', { uptimeMs: 90_000 })]), true],
    ['memory is used', seen([service('a', { memoryUsed: 2 ** 22 })]), true],
    ['its health changes', seen([service('a', { health: 'unhealthy' })]), false],
    ['fewer are ready', seen([service('a', { ready: 0 })]), false],
    ['a port changes', seen([service('a', { ports: [] })]), false],
    ['the image changes', seen([service('a', { image: 'slipway/app:2' })]), false],
    ['a container is replaced', withReplica({ container: 'other' }), false],
    ['a container restarts', withReplica({ restarts: 1 }), false],
    ['a problem appears', seen([service('a')], ['b runs and is not planned']), false],
    ['the engine goes away', away, false],
  ])('when %s', (_, view, isSame) => {
    expect(essence(view) === essence(seen([service('a')]))).toBe(isSame);
  });
});

test('a view in JSON is one line that says when', () => {
  const line = jsonLine(seen([service('a')], ['a problem\nof two lines']), AT);
  expect(line).not.toContain('\n');
  expect(JSON.parse(line)).toMatchObject({
    at: new Date(AT).toISOString(),
    system: 'shop',
    environment: 'dev',
    stack: 'dev',
    services: [{ name: 'a', ready: 1 }],
    problems: ['a problem\nof two lines'],
  });
  expect(JSON.parse(jsonLine(away, AT))).toEqual({
    at: new Date(AT).toISOString(),
    stack: 'dev',
    error: reason,
  });
});

test('a view as text says when, and ends with a line between it and the next', () => {
  expect(viewText(seen([service('a')]), looks)).toMatch(/^12:00:05 shop · dev · stack dev\n\nSERVICE .*planned\n$/s);
  expect(viewText(away, looks)).toBe('12:00:05 the engine at unix:///docker.sock does not answer');
});

describe('a frame', () => {
  const frame = (view: View, width: number, height: number, paint: Paint = unpainted): string[] =>
    viewFrame(view, { ...looks, paint }, { width, height });

  test('shows everything where there is room', () => {
    expect(frame(seen([service('a'), service('b', broken)], ['b-1 is unhealthy']), 100, 24)).toEqual([
      'shop · dev · stack dev · 12:00:05',
      '',
      'SERVICE  REPLICAS  HEALTH     UPTIME  MEMORY  PORTS              IMAGE',
      'a        1/1       healthy        1m   1 MiB  127.0.0.1:8000→80  slipway/app:1',
      'b        0/1       unhealthy      1m   1 MiB  127.0.0.1:8000→80  slipway/app:1',
      '',
      'not as planned:',
      '  - b-1 is unhealthy',
    ]);
  });

  test.each([
    [70, 'SERVICE  REPLICAS  HEALTH   UPTIME  MEMORY  PORTS'],
    [50, 'SERVICE  REPLICAS  HEALTH   UPTIME  MEMORY'],
    [35, 'SERVICE  REPLICAS  HEALTH   UPTIME'],
    [28, 'SERVICE  REPLICAS  HEALTH'],
  ])('does without columns that find no room in %i', (width, heading) => {
    expect(frame(seen([service('a')]), width, 24)[2]).toBe(heading);
  });

  test('breaks a long problem below its own text', () => {
    const lines = frame(seen([], ['api-1 is stopped (exit code 3), and has been for a while']), 40, 24);
    expect(lines.slice(-2)).toEqual(['  - api-1 is stopped (exit code 3), and', '    has been for a while']);
  });

  test('shows what is not as planned first where not all fits, in its place', () => {
    const services = many.map((one, index) => (index === 15 ? { ...one, ...broken } : one));
    const lines = frame(seen(services, ['service-16-1 is unhealthy']), 100, 14);
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      ...['shop', '', 'SERVICE'],
      ...['service-1', 'service-2', 'service-3', 'service-4', 'service-5', 'service-16'],
      ...['…', '', 'not', ''],
    ]);
    expect(lines[9]).toBe('… and 14 more');
  });

  test('leaves two thirds to the table where there are many problems', () => {
    const lines = frame(
      seen(
        many.map((one) => ({ ...one, ...broken })),
        many.map(({ name }) => `${name}-1 is unhealthy`),
      ),
      100,
      30,
    );
    expect(lines).toHaveLength(29);
    expect(lines.filter((line) => line.startsWith('service-'))).toHaveLength(16);
    expect(lines.at(-1)).toBe('  … and 14 more lines');
  });

  test.each([1, 2, 3, 4, 5, 8, 12])('is never higher than a terminal of %i lines', (height) => {
    const problems = many.map(({ name }) => `${name}-1 is unhealthy`);
    expect(frame(seen(many, problems), 80, height).length).toBeLessThanOrEqual(Math.max(1, height - 1));
  });

  test.each([1, 5, 20, 60])('is never wider than a terminal of %i columns, colours apart', (width) => {
    const paint: Paint = (_style, text) => `\u001b[31m${text}\u001b[39m`;
    const lines = frame(seen([service('a-long-name-of-a-service', broken)], ['a-long-problem']), width, 24, paint);
    for (const line of lines) expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(width);
    for (const line of lines) expect(line.split('\u001b[31m')).toHaveLength(line.split('\u001b[39m').length);
  });

  test('says what is the matter where there is no status', () => {
    expect(frame(away, 40, 24)).toEqual(['dev · 12:00:05', '', 'the engine at unix:///docker.sock does', 'not answer']);
  });
});

import { describe, expect, test } from '@jest/globals';
import { stepsOf, type Step } from '../../../../cli/timings/steps.ts';
import { traceOf } from '../../../../cli/timings/trace.ts';
import { CONTAINER, done, failed, info, REPLICA, started, step } from '../progress/events.ts';
import { at, container, events, FILES, gate, NETWORK, phases, plan, SECRET } from './run.ts';

const recorded = (heard = events) => stepsOf({ plan, phases, trace: traceOf(heard) });
const named = (steps: readonly Step[], name: string) => steps.filter((found) => found.name === name);
const parts = (found: Step | undefined) => found?.parts.map(({ what, fromMs, toMs }) => [what, fromMs, toMs]);

describe('stepsOf', () => {
  test('follows the command from its start over Pulumi and the program to its end', () => {
    const own = recorded().filter(({ id }) => !id.includes(':'));
    expect(own.map(({ id, fromMs, toMs, needs }) => [id, fromMs, toMs, needs.length])).toEqual([
      ['slipway', 0, 200, 0],
      ['checks', 200, 300, 1],
      ['pulumi', 300, 800, 1],
      ['program', 800, 1900, 1],
      ['pulumi ends', 6400, 6600, 1],
      ['smoke test', 6600, 6850, 1],
    ]);
  });

  test('tells loading the program from planning in it', () => {
    expect(parts(named(recorded(), 'program')[0])).toEqual([
      ['loading', 800, 1500],
      ['planning', 1500, 1900],
    ]);
  });

  test('lets providers start one after the other, as Pulumi does', () => {
    const [random, docker] = ['provider random', 'provider docker'].map((name) => named(recorded(), name)[0]);
    expect([parts(random), parts(docker)]).toEqual([[['started', 1900, 2100]], [['started', 2100, 2500]]]);
  });

  test('takes a container and its gate apart: creation, start, health', () => {
    const [made, passed] = named(recorded(), 'postgres');
    expect(parts(made)).toEqual([['created', 2710, 2900]]);
    expect(parts(passed)).toEqual([
      ['started', 2920, 3100],
      ['healthy', 3100, 4100],
    ]);
  });

  test('knows what a step had to wait for: what it is made of, and the gates before it', () => {
    const ids = (name: string) => named(recorded(), name).map(({ needs }) => needs);
    const api = ids('api (replica 1)');
    expect(api[0]).toEqual(
      expect.arrayContaining([`${REPLICA} postgres-1`, 'slipway:index:Job migrate', `${NETWORK} linkflow-dev-home`]),
    );
    expect(api[1]).toContain(`${CONTAINER} linkflow-dev-api-1`);
    expect(api[1]).not.toContain(`${CONTAINER} linkflow-dev-api-2`);
  });

  test('names no need that ended only after the step had begun', () => {
    const steps = recorded();
    const ended = new Map(steps.map(({ id, toMs }) => [id, toMs]));
    const late = steps.flatMap(({ id, fromMs, needs }) =>
      needs.filter((need) => (ended.get(need) ?? Infinity) > fromMs).map((need) => `${id} before ${need}`),
    );
    expect(late).toEqual([]);
  });

  test('counts the time before an unchanged resource is told of as comparison', () => {
    const same = step('same', SECRET, 'PASSWORD');
    const steps = recorded(at(2000, started(same), done(same)));
    expect(named(steps, 'secret PASSWORD').map(({ outcome }) => outcome)).toEqual(['unchanged']);
  });

  test('takes a release apart: health of the new container, drain and stop of the old one', () => {
    const update = gate('postgres', 1, 'update');
    const steps = recorded([
      ...at(2000, started(update)),
      ...at(2010, info(update, 'starting', true)),
      ...at(2100, info(update, 'waiting for health check', true)),
      ...at(2900, info(update, 'draining for 1.0 s', true)),
      ...at(3900, info(update, 'stopping', true)),
      ...at(4000, done(update)),
    ]);
    expect(parts(named(steps, 'postgres')[0])).toEqual([
      ['started', 2000, 2100],
      ['healthy', 2100, 2900],
      ['drained', 2900, 3900],
      ['stopped', 3900, 4000],
    ]);
  });

  test('has a removal wait for everything that is made', () => {
    const old = container('api', 3, 'delete');
    const steps = recorded([...events, ...at(6420, started(old)), ...at(6500, done(old))]);
    const [removal] = named(steps, 'api (replica 3)');
    expect(removal).toMatchObject({ outcome: 'removed', line: 'api', fromMs: 6420 });
    expect(removal?.needs).toContain(`${REPLICA} api-2`);
  });

  test('tells what failed and what was under way when the run ended', () => {
    const steps = recorded([
      ...at(2000, started(gate('postgres')), started(step('create', FILES, 'api-secrets', 'api'))),
      ...at(3000, failed(gate('postgres'))),
    ]);
    expect(
      steps.filter(({ id }) => id.includes('index:')).map(({ name, toMs, outcome }) => [name, toMs, outcome]),
    ).toEqual([
      ['postgres', 3000, 'failed'],
      ['files api-secrets', 6600, 'unfinished'],
    ]);
  });

  test('tells the refresh before the program from what the program asks for', () => {
    const same = step('refresh', NETWORK, 'linkflow-dev-home');
    const later = events.map(({ atMs, event }) => ({ atMs: atMs < 1500 ? atMs : atMs + 500, event }));
    const steps = recorded([...at(900, started(same)), ...at(1400, done(same)), ...later]);
    expect(steps.slice(2, 5).map(({ name, fromMs, toMs, needs }) => [name, fromMs, toMs, needs])).toEqual([
      ['pulumi', 300, 800, ['checks']],
      ['refresh', 800, 1400, ['pulumi']],
      ['program', 1400, 2400, ['refresh']],
    ]);
    expect(named(steps, 'network home').map(({ outcome }) => outcome)).toEqual(['done']);
  });

  test('tells of a run that ended before there was any event', () => {
    expect(recorded([]).map(({ name, fromMs, toMs }) => [name, fromMs, toMs])).toEqual([
      ['slipway', 0, 200],
      ['checks', 200, 300],
      ['pulumi', 300, 6600],
      ['smoke test', 6600, 6850],
    ]);
  });
});

import { describe, expect, test } from '@jest/globals';
import { criticalPath } from '../../../../cli/timings/path.ts';
import { stepsOf, type Step } from '../../../../cli/timings/steps.ts';
import { traceOf } from '../../../../cli/timings/trace.ts';
import { events, phases, plan } from './run.ts';

const simple = (id: string, fromMs: number, toMs: number, ...needs: string[]): Step => ({
  ...{ id, name: id, line: id, fromMs, toMs, needs, outcome: 'done' },
  parts: [{ what: 'created', fromMs, toMs }],
});
const shown = (steps: readonly Step[]) => criticalPath(steps).map(({ name, fromMs, toMs }) => [name, fromMs, toMs]);

describe('criticalPath', () => {
  test.each<[string, Step[], unknown[]]>([
    ['is empty where nothing was done', [], []],
    ['is the one step where there is one', [simple('a', 0, 10)], [['a', 0, 10]]],
    [
      'goes back over the need that ended last',
      [simple('a', 0, 10), simple('b', 0, 30), simple('c', 30, 40, 'a', 'b')],
      [
        ['b', 0, 30],
        ['c', 30, 40],
      ],
    ],
    [
      'passes over what nobody waited for, however long it took',
      [simple('a', 0, 10), simple('long', 0, 35), simple('c', 10, 40, 'a')],
      [
        ['a', 0, 10],
        ['c', 10, 40],
      ],
    ],
    [
      'gives the time in which nothing went on to what came after it',
      [simple('a', 0, 10), simple('b', 25, 40, 'a')],
      [
        ['a', 0, 10],
        ['b', 10, 40],
      ],
    ],
    ['gives the time before the first step to that step', [simple('a', 5, 10)], [['a', 0, 10]]],
    [
      'ends even where steps need each other',
      [simple('a', 0, 10, 'b'), simple('b', 0, 10, 'a')],
      [
        ['a', 0, 10],
        ['b', 10, 10],
      ],
    ],
  ])('%s', (_, steps, expected) => {
    expect(shown(steps)).toEqual(expected);
  });

  test('is the chain of gates of a whole run, and adds up to its total', () => {
    const path = criticalPath(stepsOf({ plan, phases, trace: traceOf(events) }));
    expect(path.map(({ name, fromMs, toMs }) => [name, fromMs, toMs])).toEqual([
      ['slipway', 0, 200],
      ['checks', 200, 300],
      ['pulumi', 300, 800],
      ['program', 800, 1900],
      ['provider random', 1900, 2100],
      ['provider docker', 2100, 2500],
      ['network home', 2500, 2700],
      ['postgres', 2700, 4100],
      ['migrate', 4100, 4800],
      ['api (replica 2)', 4800, 6400],
      ['pulumi ends', 6400, 6600],
      ['smoke test', 6600, 6850],
    ]);
    expect(path.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)).toBe(6850);
  });
});

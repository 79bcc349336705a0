import { describe, expect, test } from '@jest/globals';
import { mergeOverlay } from '../../../../config/plan/overlay.ts';
import { planOf, resolveShop, service, system } from '../fixture.ts';

test.each<[string, unknown, unknown, unknown]>([
  ['maps merge by key', { a: { b: 1, c: 2 } }, { a: { c: 3, d: 4 } }, { a: { b: 1, c: 3, d: 4 } }],
  ['lists replace, empty ones too', { profiles: ['production'] }, { profiles: [] }, { profiles: [] }],
  ['null removes a key', { a: 1, b: { c: 1 } }, { a: null, b: { c: null } }, { b: {} }],
  ['null removes what is not there', { a: 1 }, { b: null }, { a: 1 }],
  ['undefined changes nothing', { a: 1 }, { a: undefined }, { a: 1 }],
  ['a map replaces a scalar', { a: 1 }, { a: { b: 2 } }, { a: { b: 2 } }],
  ['a scalar replaces a map', { a: { b: 2 } }, { a: 1 }, { a: 1 }],
  ['nulls within a new map remove nothing', {}, { a: { b: null, c: 1 } }, { a: { c: 1 } }],
])('%s', (_, base, overlay, merged) => {
  expect(mergeOverlay(base, overlay)).toEqual(merged);
});

test('an overlay leaves the base as it was', () => {
  const base = { a: { b: [1] } };
  mergeOverlay(base, { a: { b: [2], c: 3 } });
  expect(base).toEqual({ a: { b: [1] } });
});

describe('a later layer wins: base, then environment, then stack', () => {
  const description = system(
    { api: service({ replicas: 2, environment: { A: 'base', B: 'base', C: 'base', D: 'base' } }) },
    {
      environments: {
        dev: { services: { api: { replicas: 3, environment: { B: 'environment', C: 'environment', D: null } } } },
        test: {},
        prod: {},
      },
    },
  );

  test('in replicas', () => {
    const replicas = (values: Record<string, unknown>): number | undefined =>
      planOf(resolveShop(description, { values })).services[0]?.replicas;
    expect(replicas({ environment: 'test' })).toBe(2);
    expect(replicas({})).toBe(3);
    expect(replicas({ services: { api: { replicas: 4 } } })).toBe(4);
  });

  test('in each variable for itself', () => {
    const plan = planOf(
      resolveShop(description, { values: { services: { api: { env: { C: 'stack', E: 5, F: true } } } } }),
    );
    expect(plan.services[0]?.environment).toEqual({ A: 'base', B: 'environment', C: 'stack', E: '5', F: 'true' });
  });
});

import { describe, expect, test } from '@jest/globals';
import { findCycles, waves } from '../../../../config/plan/order.ts';

describe('cycles are found', () => {
  test('each once, from its first name', () => {
    expect(findCycles({ c: ['a'], b: ['c'], a: ['b'], x: ['a'] })).toEqual([['a', 'b', 'c', 'a']]);
  });

  test('several at once', () => {
    expect(findCycles({ a: ['b'], b: ['a'], c: ['c'] })).toEqual([
      ['a', 'b', 'a'],
      ['c', 'c'],
    ]);
  });

  test('not where two ways lead to the same', () => {
    expect(findCycles({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] })).toEqual([]);
  });
});

test('a wave waits for nothing but earlier waves', () => {
  expect(waves({ api: ['db', 'cache'], cache: [], db: ['elsewhere'], web: ['api', 'db'] })).toEqual([
    ['cache', 'db'],
    ['api'],
    ['web'],
  ]);
});

test('what waits for a cycle is in no wave', () => {
  expect(waves({ a: ['b'], b: ['a'], c: ['a'], d: [] })).toEqual([['d']]);
});

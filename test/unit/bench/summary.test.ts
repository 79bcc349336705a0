import { describe, expect, test } from '@jest/globals';
import { compare, markdown, NO_SAMPLES, spreadOf } from '../../../bench/lifecycle/summary.ts';

describe('spreadOf', () => {
  test.each([
    [[3], 3],
    [[5, 1, 3], 3],
    [[4, 1, 3, 2], 2.5],
  ])('takes the middle of %j as the median', (samples, median) => {
    expect(spreadOf(samples)).toEqual({ median, min: Math.min(...samples), max: Math.max(...samples), samples });
  });
});

describe('compare', () => {
  test('holds the ratio of the medians against the bar of each act', () => {
    const slipway = { ...NO_SAMPLES, 'cold up': [13, 12, 14], down: [4, 4, 4] };
    const compose = { ...NO_SAMPLES, 'cold up': [10, 9, 30], down: [2, 2, 2] };
    expect(compare(slipway, compose).map(({ act, ratio, bar, isWithin }) => [act, ratio, bar, isWithin])).toEqual([
      ['cold up', 1.3, 1.3, true],
      ['down', 2, 1.5, false],
    ]);
  });
});

test('markdown shows medians, spread, ratio, bar and verdict', () => {
  const slipway = { ...NO_SAMPLES, 'cold up': [12, 13.04, 14], down: [4] };
  const compose = { ...NO_SAMPLES, 'cold up': [9, 10, 30], down: [2] };
  expect(markdown(compare(slipway, compose))).toBe(
    [
      '| seconds: median (min–max) | slipway          | docker compose  | ratio | bar  |      |',
      '| ------------------------- | ---------------- | --------------- | ----- | ---- | ---- |',
      '| cold up                   | 13.0 (12.0–14.0) | 10.0 (9.0–30.0) | 1.30× | 1.3× | over |',
      '| down                      | 4.0              | 2.0             | 2.00× | 1.5× | over |',
    ].join('\n'),
  );
});

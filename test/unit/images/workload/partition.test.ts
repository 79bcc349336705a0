import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseDuration } from '../../../../images/workload/src/duration.ts';
import { partitionOf } from '../../../../images/workload/src/partition.ts';

test('an id has one partition, and it is one of those there are', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.integer({ min: 1, max: 64 }), (id, partitions) => {
      const partition = partitionOf(id, partitions);
      return partition >= 0 && partition < partitions && partition === partitionOf(id, partitions);
    }),
  );
});

test('ids spread over the partitions', () => {
  const used = new Set(Array.from({ length: 200 }, (_, n) => partitionOf(String(n), 16)));
  expect(used.size).toBe(16);
});

test.each([
  ['500ms', 500],
  ['1.5s', 1500],
  ['2m', 120_000],
  ['1h', 3_600_000],
  ['30', undefined],
  ['s', undefined],
  ['-1s', undefined],
  ['1d', undefined],
])('the duration %s is %p milliseconds', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

import { expect, test } from '@jest/globals';
import { isImplied } from '../../../../config/graph/reduce.ts';
import { wrap } from '../../../../config/wrap.ts';
import { markdownTable } from '../../../../config/graph/table.ts';

test.each<[Record<string, string[]>, string, string, boolean]>([
  [{ a: ['b'] }, 'a', 'b', false],
  [{ a: ['b', 'c'], b: ['c'] }, 'a', 'c', true],
  [{ a: ['b', 'c'], b: ['c'] }, 'a', 'b', false],
  [{ a: ['b', 'd'], b: ['c'], c: ['d'] }, 'a', 'd', true],
  [{ a: ['b', 'c'], b: ['d'], c: ['d'] }, 'b', 'd', false],
  [{ a: ['b', 'c'] }, 'a', 'unknown', false],
])('in %j, %s → %s follows from others: %s', (graph, from, to, expected) => {
  expect(isImplied(graph, from, to)).toBe(expected);
});

test.each<[string, string[]]>([
  ['', []],
  ['short', ['short']],
  ['one two three', ['one two', 'three']],
  ['a word-that-is-too-long b', ['a', 'word-that-is-too-long', 'b']],
  ['  blanks \n between ', ['blanks', 'between']],
])('wraps %j', (text, lines) => {
  expect(wrap(text, 8)).toEqual(lines);
});

test('a table is aligned, and no text ends its cell', () => {
  expect(markdownTable(['a', 'what'], [['`b`', 'x | y'], ['c']])).toEqual([
    '| a   | what   |',
    '| --- | ------ |',
    '| `b` | x \\| y |',
    '| c   |        |',
  ]);
});

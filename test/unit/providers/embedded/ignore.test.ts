import { describe, expect, test } from '@jest/globals';
import { parseIgnore } from '../../../../providers/embedded/docker/image/ignore.ts';

describe('.dockerignore', () => {
  test.each<[string, string, boolean]>([
    ['*.log', 'a.log', true],
    ['*.log', 'below/a.log', false],
    ['**/*.log', 'a.log', true],
    ['**/*.log', 'far/below/a.log', true],
    ['node_modules', 'node_modules/package/file', true],
    ['node_modules', 'packages/node_modules/file', false],
    ['**/node_modules', 'packages/node_modules/file', true],
    ['/rooted', 'rooted', true],
    ['./a/../b/', 'b/file', true],
    ['a?', 'ab', true],
    ['a?', 'a', false],
    ['[ab].txt', 'b.txt', true],
    ['[ab].txt', 'c.txt', false],
    ['a.c', 'abc', false],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['# comment', '# comment', false],
    ['docs/**', 'docs/a/b', true],
    ['*\n!keep', 'keep', false],
    ['*\n!keep', 'keep/below', false],
    ['*\n!keep\nkeep/not', 'keep/not', true],
    ['', 'a', false],
  ])('%j: of %s', (content, path, isIgnored) => {
    expect(parseIgnore(content)(path)).toBe(isIgnored);
  });

  test('tells whether something below what it leaves out may be in', () => {
    expect(parseIgnore('*').hasExceptions).toBe(false);
    expect(parseIgnore('*\n!a').hasExceptions).toBe(true);
  });
});

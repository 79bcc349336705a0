import { describe, expect, test } from '@jest/globals';
import { parseIgnore, type Verdict } from '../../../../engine/build-context/ignore.ts';

/** Judged as a walk does: folder by folder. */
function isLeftOut(content: string, path: string): boolean {
  const ignore = parseIgnore(content);
  const parts = path.split('/');
  const verdict = parts.reduce<Verdict | undefined>(
    (parent, _, at) => ignore.judge(parts.slice(0, at + 1).join('/'), parent),
    undefined,
  );
  return verdict?.isLeftOut === true;
}

// What BuildKit's own matcher says of each.
describe('.dockerignore', () => {
  test.each<[string, string, boolean]>([
    ['*.log', 'a.log', true],
    ['*.log', 'below/a.log', false],
    ['**/*.log', 'a.log', true],
    ['**/*.log', 'far/below/a.log', true],
    ['node_modules', 'node_modules/package/file', true],
    ['node_modules', 'packages/node_modules/file', false],
    ['**/node_modules', 'packages/node_modules/file', true],
    ['**/node_modules', 'node_modules', true],
    ['**ab', 'below/cab', true],
    ['**/ab', 'cab', false],
    ['/rooted', 'rooted', true],
    ['folder/', 'folder/file', true],
    ['./a/../b/', 'b/file', true],
    ['a?', 'ab', true],
    ['a?', 'a', false],
    ['a?', 'a/', false],
    ['[ab].txt', 'b.txt', true],
    ['[ab].txt', 'c.txt', false],
    ['[a-c].txt', 'b.txt', true],
    ['[^ab].txt', 'c.txt', true],
    ['[^ab].txt', 'a.txt', false],
    ['[\\]a]', ']', true],
    ['a.c', 'abc', false],
    ['a.c*', 'abc', false],
    ['(a)*', '(a)b', true],
    ['é?', 'é😀', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['# comment', '# comment', false],
    [' # no comment', '# no comment', true],
    ['\uFEFF*.log', 'a.log', true],
    ['*.log\r\n*.tmp\r\n', 'a.tmp', true],
    ['docs/**', 'docs/a/b', true],
    ['docs/**', 'docs', false],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/far/below/b', true],
    ['.', 'a', false],
    ['/', 'a', false],
    ['*\n!keep', 'keep', false],
    ['*\n!keep', 'keep/below', false],
    ['*\n! keep', 'keep', false],
    ['*\n!/keep', 'keep', false],
    ['*\n!keep\nkeep/not', 'keep/not', true],
    ['node_modules\n!**/keep.js', 'node_modules/far/keep.js', false],
    // A pattern that changes nothing for a folder doesn't hold for what is below, whatever comes between.
    ['*\n!a/x\na', 'a/x', false],
    ['', 'a', false],
  ])('%j: of %s', (content, path, expected) => {
    expect(isLeftOut(content, path)).toBe(expected);
  });

  test.each<[string, string, boolean]>([
    ['*', 'a', false],
    ['*\n!a/b', 'a', true],
    ['*\n!a/b', 'a/b', true],
    ['*\n!a/b/**', 'a', true],
    ['*\n!a/b', 'c', false],
    ['*\n!**/b', 'c', true],
    ['vendor\n!.env.example', 'vendor', false],
  ])('%j: whether something in %s, left out, may be in again', (content, folder, expected) => {
    expect(parseIgnore(content).mayReturn(folder)).toBe(expected);
  });

  test.each(['!', '!/', '[a', 'a\\', '[b-a]'])('%j is refused, as by the builder', (content) => {
    expect(() => parseIgnore(content)).toThrow('.dockerignore: ');
  });
});

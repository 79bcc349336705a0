import { expect, test } from '@jest/globals';
import { repairArguments } from '../../../../cli/drift/repair.ts';
import type { Finding, Remedy } from '../../../../cli/drift/types.ts';

const finding = (remedy: Remedy, urn?: string): Finding => ({
  ...{ object: { kind: 'container', name: 'c' }, field: 'f', expected: 'a', found: 'b', remedy },
  ...(urn !== undefined && { urn }),
});

test.each<[string, Finding[], string[]]>([
  ['nothing', [], []],
  ['what is swept, or left to a person', [finding('remove'), finding('by hand', 'u')], []],
  ['what providers find when they look', [finding('update', 'u'), finding('rewrite', 'v')], ['--refresh']],
  [
    'what nobody sees, each container once',
    [finding('replace', 'u'), finding('replace', 'u'), finding('replace', 'a')],
    ['--replace', 'a', '--replace', 'u'],
  ],
  ['both', [finding('bring back', 'x'), finding('replace', 'u')], ['--refresh', '--replace', 'u']],
])('%s', (_title, findings, expected) => {
  expect(repairArguments(findings)).toEqual(expected);
});

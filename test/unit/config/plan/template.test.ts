import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import {
  renderTemplate,
  templateFilters,
  templateReferences,
  templateSecrets,
} from '../../../../config/plan/template.ts';

/** Everything that is special somewhere: shells, URLs, YAML, replacement patterns. */
const AWKWARD = `$& $1 \${OTHER} ' " \\ % @ : / # ? & = + é 😀 (!*)`;

test('a value stands in a template byte for byte, and is never expanded again', () => {
  expect(renderTemplate('<${A}>', { A: AWKWARD, OTHER: 'x' })).toBe(`<${AWKWARD}>`);
});

test('a value is percent-encoded once for a URL, and comes back from it', () => {
  const url = renderTemplate('postgres://user:${A|url}@host/db', { A: AWKWARD });
  expect(decodeURIComponent(new URL(url).password)).toBe(AWKWARD);
  expect(url).toMatch(/^postgres:\/\/user:[\w.~%-]+@host\/db$/);
});

test('a digest stands in for a value', () => {
  const digest = createHash('sha256').update(AWKWARD).digest('hex');
  expect(renderTemplate('user default on #${A|sha256}\n', { A: AWKWARD })).toBe(`user default on #${digest}\n`);
});

test('what is in lower case is not a secret', () => {
  expect(renderTemplate('${user}:$A:${A}', { A: 'x' })).toBe('${user}:$A:x');
});

test('the secrets of a template are found, each once', () => {
  const template = '${B|url} ${A} ${B} ${database}';
  expect(templateReferences(template)).toEqual([{ secret: 'B', filter: 'url' }, { secret: 'A' }, { secret: 'B' }]);
  expect(templateSecrets(template)).toEqual(['A', 'B']);
});

test('a template without the value of its secret, or with an unknown filter, is refused', () => {
  expect(() => renderTemplate('${A}', {})).toThrow('the template refers to secret "A", which has no value');
  expect(() => renderTemplate('${A|base32}', { A: 'x' })).toThrow('no filter "base32"; known: json, sha256, url');
  expect(templateFilters).toEqual(['json', 'sha256', 'url']);
});

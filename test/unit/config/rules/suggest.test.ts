import { expect, test } from '@jest/globals';
import { knownNames, nearest } from '../../../../config/rules/suggest.ts';

const names = ['api', 'frontend', 'postgres', 'queue'];

test.each([
  ['apy', 'api'],
  ['aip', 'api'],
  ['API', 'api'],
  ['forntend', 'frontend'],
  ['postgresql', 'postgres'],
  ['que', undefined],
  ['mailer', undefined],
])('%s is taken for %s', (wrong, name) => {
  expect(nearest(wrong, names)).toBe(name);
});

test('all names are listed, the nearest first', () => {
  expect(knownNames('apy', names)).toBe('did you mean "api"? known: api, frontend, postgres, queue');
  expect(knownNames('x', [])).toBe('there are none');
});

import { describe, expect, it } from '@jest/globals';
import { isInstalled } from '../../../tools/setup/steps/dependencies.mjs';

const a = { version: '1.0.0', integrity: 'sha512-a' };
const lock = { packages: { '': { name: 'root' }, 'node_modules/a': a, 'node_modules/b': { ...a, optional: true } } };

describe('isInstalled', () => {
  it.each([
    ['everything is there', { packages: { 'node_modules/a': a, 'node_modules/b': a } }, true],
    ['only what another CPU needs is missing', { packages: { 'node_modules/a': a } }, true],
    ['more than that is there', { packages: { 'node_modules/a': a, 'node_modules/c': a } }, true],
    ['a package is missing', { packages: { 'node_modules/b': a } }, false],
    ['a package has another version', { packages: { 'node_modules/a': { ...a, version: '1.0.1' } } }, false],
    ['a package has another content', { packages: { 'node_modules/a': { ...a, integrity: 'sha512-b' } } }, false],
    ['nothing was ever installed', undefined, false],
  ])('when %s: %#', (_, installed, expected) => {
    expect(isInstalled(lock, installed)).toBe(expected);
  });
});

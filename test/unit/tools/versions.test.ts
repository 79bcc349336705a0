import { describe, expect, it } from '@jest/globals';
import { compareVersions, nodeFits, pulumiFits } from '../../../tools/setup/versions.mjs';

describe('compareVersions', () => {
  it.each([
    ['1.25.11', '1.25.9', 1],
    ['go1.26', '1.26.0', 0],
    ['v3.259.0', '3.248.0', 1],
    ['26.1.5+dfsg1', '26.1.5', 0],
    ['3.249.0-alpha.1', '3.249.0', 0],
    ['20.10.24', '25.0', -1],
  ])('orders %s and %s by number', (a, b, expected) => {
    expect(Math.sign(compareVersions(a, b))).toBe(expected);
    expect(Math.sign(compareVersions(b, a))).toBe(0 - expected);
  });
});

describe('what fits', () => {
  it.each([
    ['v20.20.2', false],
    ['v22.17.9', false],
    ['v22.18.0', true],
    ['v24.21.0', true],
  ])('Node %s: %s', (version, expected) => {
    expect(nodeFits(version)).toBe(expected);
  });

  it.each([
    ['v3.247.9', false],
    ['v3.248.0', true],
    ['v3.999.0', true],
    ['v4.0.0', false],
  ])('Pulumi %s: %s', (version, expected) => {
    expect(pulumiFits(version)).toBe(expected);
  });
});

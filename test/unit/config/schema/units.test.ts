import { describe, expect, test } from '@jest/globals';
import { formatBytes, parseBytes } from '../../../../config/schema/bytes.ts';
import { formatDuration, parseDuration } from '../../../../config/schema/duration.ts';

describe('a duration', () => {
  test.each([
    ['0s', 0, '0s'],
    ['500ms', 500, '500ms'],
    ['1s', 1000, '1s'],
    ['1.5s', 1500, '1.5s'],
    ['60s', 60_000, '1m0s'],
    ['1m30s', 90_000, '1m30s'],
    ['90s', 90_000, '1m30s'],
    ['2h', 7_200_000, '2h0m0s'],
    ['1h0m5s', 3_605_000, '1h0m5s'],
  ])('%s is %d ms, and %s to Docker', (text, milliseconds, canonical) => {
    expect(parseDuration(text)).toBe(milliseconds);
    expect(formatDuration(milliseconds)).toBe(canonical);
  });

  test.each(['', '5', 's', '-1s', '1 s', '1d', '1s!', 'soon'])('is not %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('a size', () => {
  test.each([
    ['1000', 1000, '1000'],
    ['64b', 64, '64'],
    ['512k', 524_288, '512k'],
    ['512m', 536_870_912, '512m'],
    ['512M', 536_870_912, '512m'],
    ['512MiB', 536_870_912, '512m'],
    ['0.5g', 536_870_912, '512m'],
    ['1024m', 1_073_741_824, '1g'],
    ['2 GB', 2_147_483_648, '2g'],
    ['1.5g', 1_610_612_736, '1536m'],
  ])('%s is %d bytes, written %s', (text, bytes, written) => {
    expect(parseBytes(text)).toBe(bytes);
    expect(formatBytes(bytes)).toBe(written);
  });

  test.each(['', 'm', '-1m', '1x', '1mm', 'lots'])('is not %j', (text) => {
    expect(parseBytes(text)).toBeUndefined();
  });
});

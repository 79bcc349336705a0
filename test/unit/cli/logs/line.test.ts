import { describe, expect, test } from '@jest/globals';
import { parseLine, parseSince } from '../../../../cli/logs/line.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');

describe('parseSince', () => {
  test.each([
    ['90s', NOW - 90_000],
    ['10m', NOW - 600_000],
    ['1h30m', NOW - 5_400_000],
    ['1.5h', NOW - 5_400_000],
    ['2d', NOW - 172_800_000],
    ['2026-11-21T10:00:00Z', Date.parse('2026-11-21T10:00:00Z')],
  ])('understands %s', (text, expected) => {
    expect(parseSince(text, NOW)).toBe(expected);
  });

  test.each(['yesterday', '10', 'm', '10 m', '2026-13-45'])('refuses %s', (text) => {
    expect(parseSince(text, NOW)).toBeUndefined();
  });
});

describe('parseLine', () => {
  test("takes the engine's stamp off", () => {
    expect(parseLine('2026-11-21T10:00:00.123456789Z {"a": 1}\r')).toEqual({
      at: '2026-11-21T10:00:00.123456789Z',
      text: '{"a": 1}',
    });
    expect(parseLine('2026-11-21T10:00:00.1Z ')).toEqual({ at: '2026-11-21T10:00:00.1Z', text: '' });
  });

  test('leaves a line without one as it is', () => {
    expect(parseLine('plain')).toEqual({ at: '', text: 'plain' });
  });
});

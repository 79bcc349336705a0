import { describe, expect, test } from '@jest/globals';
import { refusal, sign, toleranceSeconds } from '../../../../images/workload/src/signature.ts';

const now = 1_700_000_000_500;
const timestamp = '1700000000';
const body = '{"executionId":"1"}';
const signature = sign('secret', timestamp, body);

test('a signature is the HMAC-SHA256 of timestamp, dot and body', () => {
  expect(sign('key', '1', 'body')).toBe('sha256=91b5374b153842ad05b2c4eab9349b8321b14703165bd3fb8b034dfb8be98ae5');
});

describe('a callback', () => {
  test('that is genuine and fresh is not refused', () => {
    expect(refusal('secret', { timestamp, signature }, body, now)).toBeUndefined();
  });

  test.each([
    ['without a timestamp', { timestamp: undefined, signature }, body, now, 'unsigned'],
    ['without a signature', { timestamp, signature: undefined }, body, now, 'unsigned'],
    [
      'with a timestamp of another kind',
      { timestamp: '2023-11-14', signature },
      body,
      now,
      'timestamp is not in seconds since 1970',
    ],
    ['that is too old', { timestamp, signature }, body, now + toleranceSeconds * 1000, 'stale'],
    ['from the future', { timestamp, signature }, body, now - (toleranceSeconds + 1) * 1000, 'stale'],
    ['with another body', { timestamp, signature }, `${body} `, now, 'wrong signature'],
    ['with another timestamp', { timestamp: '1700000001', signature }, body, now, 'wrong signature'],
    ['with a signature of another length', { timestamp, signature: `${signature}0` }, body, now, 'wrong signature'],
    [
      'signed with another secret',
      { timestamp, signature: sign('guess', timestamp, body) },
      body,
      now,
      'wrong signature',
    ],
  ])('%s is refused', (_case, headers, content, at, reason) => {
    expect(refusal('secret', headers, content, at)).toBe(reason);
  });
});

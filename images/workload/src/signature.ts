import { createHmac, timingSafeEqual } from 'node:crypto';

/** How old or how far ahead a callback's timestamp may be, in seconds. */
export const toleranceSeconds = 300;

/** The value of X-LinkFlow-Signature: HMAC-SHA256 over timestamp and body. `timestamp` in seconds since 1970. */
export function sign(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

/** Why a callback must be refused, or undefined when it is genuine and fresh. `now` in milliseconds. */
export function refusal(
  secret: string,
  headers: { readonly timestamp: string | undefined; readonly signature: string | undefined },
  body: string,
  now: number,
): string | undefined {
  const { timestamp, signature } = headers;
  if (timestamp === undefined || signature === undefined) return 'unsigned';
  if (!/^\d{1,12}$/.test(timestamp)) return 'timestamp is not in seconds since 1970';
  if (Math.abs(now / 1000 - Number(timestamp)) > toleranceSeconds) return 'stale';
  const expected = Buffer.from(sign(secret, timestamp, body));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'wrong signature';
  return undefined;
}

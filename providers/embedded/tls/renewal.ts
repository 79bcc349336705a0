import type { Value, Values } from '../../rpc/index.ts';

const HOUR_MS = 3_600_000;

/** Whether the certificate of a state has expired, or will within `earlyHours`; `now` in milliseconds. */
export function isDue({ validityEndTime }: Values, earlyHours: Value | undefined, now = Date.now()): boolean {
  if (typeof validityEndTime !== 'string') return false;
  return Date.parse(validityEndTime) - hoursOf(earlyHours) * HOUR_MS <= now;
}

/** Whether a certificate is due the moment it is made. */
export function isBornDue({ validityPeriodHours, earlyRenewalHours }: Values): boolean {
  return hoursOf(validityPeriodHours) === 0 || hoursOf(earlyRenewalHours) >= hoursOf(validityPeriodHours);
}

/** From now on, for so many hours. */
export function validity(hours: number): { notBefore: Date; notAfter: Date } {
  const notBefore = new Date();
  return { notBefore, notAfter: new Date(notBefore.getTime() + hours * HOUR_MS) };
}

function hoursOf(value: Value | undefined): number {
  return typeof value === 'number' ? value : 0;
}

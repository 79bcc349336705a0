const NANOSECONDS = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 } as const;

/** Nanoseconds of a duration as Go writes it (`1m30s`); undefined for what is none. */
export function nanoseconds(duration: string): number | undefined {
  if (duration === '0') return 0;
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(duration)) return undefined;
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  return parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * NANOSECONDS[unit as keyof typeof NANOSECONDS],
    0,
  );
}

/** A duration as Go writes it, which is how it is read back: `1m0s`, never `60s`. */
export function duration(total: number): string {
  if (total === 0) return '0s';
  if (total < 1e3) return `${total}ns`;
  if (total < 1e6) return `${total / 1e3}µs`;
  if (total < 1e9) return `${total / 1e6}ms`;
  const hours = Math.floor(total / NANOSECONDS.h);
  const minutes = Math.floor((total % NANOSECONDS.h) / NANOSECONDS.m);
  const seconds = (total % NANOSECONDS.m) / NANOSECONDS.s;
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}

import type { Row } from './rows.ts';

/** A row, and since when it says the same. */
export interface TimedRow extends Row {
  readonly sinceMs: number;
  /** True once a line has been printed for what it says. */
  readonly isPrinted: boolean;
  /** True once a line has been printed for any wait of the service: one is enough. */
  readonly hasWaited: boolean;
}

/** Rows with their times: a row that says something new starts anew. */
export function timed(before: readonly TimedRow[], rows: readonly Row[], nowMs: number): TimedRow[] {
  const known = new Map(before.map((row) => [row.service, row]));
  return rows.map((row) => {
    const old = known.get(row.service);
    const isSame = old?.phase === row.phase && old.text === row.text;
    const hasWaited = old?.hasWaited === true;
    return { ...row, sinceMs: isSame ? old.sinceMs : nowMs, isPrinted: isSame && old.isPrinted, hasWaited };
  });
}

/** A duration for people: `0.4 s`, `12.3 s`, `2 min 5 s`. */
export function seconds(ms: number): string {
  if (ms < 60_000) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const whole = Math.round(ms / 1000);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

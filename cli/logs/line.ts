/** One line that a container wrote. */
export interface LogLine {
  /** RFC 3339 with nanoseconds, as the engine stamps it: two such stamps compare as text. */
  readonly at: string;
  readonly text: string;
}

/** Takes a line that the engine has stamped apart; a line without a stamp has an empty one. */
export function parseLine(line: string): LogLine {
  const match = /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)) ?(.*)$/s.exec(line);
  return match === null ? { at: '', text: line } : { at: match[1] ?? '', text: (match[2] ?? '').replace(/\r$/, '') };
}

/**
 * The point in time, in ms since the epoch, that a person names by an age (`90s`, `10m`, `2h`, `1d`, also combined) or
 * an ISO 8601 time; undefined: neither.
 */
export function parseSince(text: string, nowMs: number): number | undefined {
  if (/^(\d+(\.\d+)?[smhd])+$/.test(text)) {
    const unit: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
    const age = [...text.matchAll(/(\d+(?:\.\d+)?)([smhd])/g)].reduce(
      (total, [, amount, letter]) => total + Number(amount) * (unit[letter ?? 's'] ?? 0),
      0,
    );
    return nowMs - age;
  }
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** Unix time as the engine's `since` takes it, with its fraction. */
export function unixSeconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

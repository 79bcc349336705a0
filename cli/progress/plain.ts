import { isMoving } from './frame.ts';
import { seconds, type TimedRow } from './timeline.ts';

/** A wait shorter than this, in ms, is not worth a line: an unchanged run passes through all of them. */
const SETTLE_MS = 1500;

/** Lines for what has changed, for output that can't be redrawn, and the rows with what has been printed marked. */
export function changeLines(
  rows: readonly TimedRow[],
  startedMs: number,
  nowMs: number,
): { readonly lines: string[]; readonly rows: TimedRow[] } {
  const width = Math.max(0, ...rows.map((row) => row.service.length));
  const due = rows.filter((row) => isDue(row, nowMs));
  // What several services do at the same moment (wait for one image) is one line.
  const texts = [...new Set(due.map(({ text }) => text))];
  return {
    lines: texts.map((text) => {
      const names = due.filter((row) => row.text === text).map(({ service }) => service);
      return `${offset(startedMs, nowMs)} ${names.join(', ').padEnd(width)}  ${text}`;
    }),
    rows: rows.map((row) =>
      due.includes(row) ? { ...row, isPrinted: true, hasWaited: row.hasWaited || row.phase === 'waiting' } : row,
    ),
  };
}

function isDue(row: TimedRow, nowMs: number): boolean {
  if (row.isPrinted || row.phase === 'unchanged') return false;
  return row.phase !== 'waiting' || (!row.hasWaited && nowMs - row.sinceMs >= SETTLE_MS);
}

/**
 * A sign of life after a silence: what is under way, and since when.
 * @param work what Pulumi does, for when no service tells; see {@link underWay}
 */
export function heartbeat(
  rows: readonly TimedRow[],
  work: readonly string[],
  startedMs: number,
  nowMs: number,
): string {
  const busy = rows.filter(isMoving);
  const list = busy
    .map(({ service, text, note, sinceMs }) => {
      const last = note === undefined || note === text ? '' : `; ${note}`;
      return `${service} ${text} (${seconds(nowMs - sinceMs)}${last})`;
    })
    .join(' · ');
  return `${offset(startedMs, nowMs)} still at work: ${list === '' ? idleText(rows, work) : list}`;
}

/** What goes on while no service moves. */
export function idleText(rows: readonly TimedRow[], work: readonly string[]): string {
  if (work.length > 0) return work.join(' · ');
  const waiting = rows.filter((row) => row.phase === 'waiting').length;
  return waiting > 0 ? `${waiting} of ${rows.length} services wait` : 'all services are done, Pulumi is not yet';
}

/** `[  3.2s]`: time since the start, in a column of its own. */
export function offset(startedMs: number, nowMs: number): string {
  return `[${((nowMs - startedMs) / 1000).toFixed(1).padStart(6)}s]`;
}

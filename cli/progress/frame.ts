import type { Paint, Style } from '../context.ts';
import type { Phase, Row } from './rows.ts';
import { seconds, type TimedRow } from './timeline.ts';

/** What a frame is drawn on. */
export interface Canvas {
  /** Columns and lines of the terminal. */
  readonly width: number;
  readonly height: number;
  readonly paint: Paint;
}

const LOOKS: Readonly<Record<Phase, { readonly mark: string; readonly style: Style }>> = {
  waiting: { mark: '·', style: 'dim' },
  working: { mark: '▸', style: 'cyan' },
  ready: { mark: '✓', style: 'green' },
  unchanged: { mark: '=', style: 'dim' },
  failed: { mark: '✗', style: 'red' },
  removing: { mark: '▸', style: 'yellow' },
  removed: { mark: '-', style: 'dim' },
};

/** What a frame tells beside the rows. */
export interface Setting {
  readonly title: string;
  readonly startedMs: number;
  readonly nowMs: number;
  /** What goes on, for when no service moves; see {@link underWay}. */
  readonly work: readonly string[];
}

/** The lines of the live display, none wider than the canvas and never more than it holds. */
export function frame(rows: readonly TimedRow[], { title, startedMs, nowMs, work }: Setting, on: Canvas): string[] {
  const width = Math.max(0, ...rows.map((row) => row.service.length));
  const rest = rows.some(isMoving) ? [] : work.slice(0, 1);
  const room = Math.max(1, on.height - 3 - rest.length);
  const shown = fitting(rows, room);
  const hidden = rows.length - shown.length;
  return [
    on.paint('bold', cut(`${title}  ${seconds(nowMs - startedMs)}`, on.width)),
    ...shown.map((row) => {
      const { mark, style } = LOOKS[row.phase];
      const time = isMoving(row) ? `  ${seconds(nowMs - row.sinceMs)}` : '';
      const note = row.note === undefined ? '' : `  ${row.note}`;
      return on.paint(style, cut(`${mark} ${row.service.padEnd(width)}  ${row.text}${time}${note}`, on.width));
    }),
    ...(hidden > 0 ? [on.paint('dim', `  … and ${hidden} more`)] : []),
    ...rest.map(() => on.paint('cyan', cut(`▸ ${work.join(' · ')}`, on.width))),
  ];
}

/** True of a service with which something is being done. */
export function isMoving({ phase }: Pick<Row, 'phase'>): boolean {
  return phase === 'working' || phase === 'removing';
}

/** Where not all fit, those that move come before those that are done or wait; their order stays. */
function fitting(rows: readonly TimedRow[], room: number): readonly TimedRow[] {
  if (rows.length <= room) return rows;
  const rank: Readonly<Record<Phase, number>> = {
    failed: 0,
    working: 1,
    removing: 1,
    waiting: 2,
    ready: 3,
    removed: 4,
    unchanged: 5,
  };
  const kept = new Set([...rows].sort((a, b) => rank[a.phase] - rank[b.phase]).slice(0, room));
  return rows.filter((row) => kept.has(row));
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

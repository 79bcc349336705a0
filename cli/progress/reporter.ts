import type { Context } from '../context.ts';
import { paintFor, writeLine } from '../context.ts';
import type { EngineEvent } from '../pulumi/events.ts';
import { frame } from './frame.ts';
import { changeLines, heartbeat, offset } from './plain.ts';
import { begin, reduce, type Progress } from './progress.ts';
import type { Row } from './rows.ts';
import { timed, type TimedRow } from './timeline.ts';
import { underWay } from './work.ts';

/** Shows a run while it goes on. */
export interface Reporter {
  readonly onEvent: (event: EngineEvent) => void;
  /** Something to say between the rows. */
  readonly note: (text: string) => void;
  /** Shows the last state and gives the terminal back. */
  readonly end: () => void;
  /** All that was heard so far. */
  readonly progress: () => Progress;
}

/** How often the display is brought up to date, in ms. */
const TICK_MS = 120;
/** After this long without a line, in ms, a sign of life is given; each further one takes half as long again. */
const SILENCE_MS = 3000;
const LONGEST_SILENCE_MS = 30_000;

/**
 * Shows a run whose state `rows` turns into lines: redrawn in place on a terminal, a line a change elsewhere.
 * @param hasBegun tells from when on rows say something; a run of Pulumi's begins with the first resource
 */
export function report(
  context: Context,
  title: string,
  rows: (progress: Progress) => Row[],
  hasBegun = ({ resources }: Progress): boolean => resources.size > 0,
): Reporter {
  const isLive = context.stderr.isTTY && context.env['CI'] === undefined && context.env['TERM'] !== 'dumb';
  let progress = begin(Date.now());
  let current: TimedRow[] = [];
  const display = isLive ? liveDisplay(context, title, progress.startedMs) : lineDisplay(context, progress.startedMs);
  const show = (): void => {
    const now = Date.now();
    const isUnderWay = hasBegun(progress);
    // Before anything has begun, nobody waits for anybody.
    const shown = { nowMs: now, hasBegun: isUnderWay, work: underWay(progress, now) };
    current = display.show(timed(isUnderWay ? current : [], rows(progress), now), shown);
  };
  const timer = setInterval(show, TICK_MS);
  return {
    onEvent: (event) => {
      progress = reduce(progress, event, Date.now());
    },
    note: (text) => {
      display.note(text, Date.now());
    },
    end: () => {
      clearInterval(timer);
      show();
      display.end();
    },
    progress: () => progress,
  };
}

/** A moment of a run. */
interface Moment {
  readonly nowMs: number;
  /** True: some resource has been heard of. */
  readonly hasBegun: boolean;
  /** What goes on, for when no row moves. */
  readonly work: readonly string[];
}

/** One way to show rows. */
interface Display {
  /** Shows the rows and returns them with what it has to remember of them. */
  readonly show: (rows: TimedRow[], moment: Moment) => TimedRow[];
  readonly note: (text: string, nowMs: number) => void;
  readonly end: () => void;
}

function lineDisplay(context: Context, startedMs: number): Display {
  let lastLineMs = startedMs;
  let silenceMs = SILENCE_MS;
  const spoken = (nowMs: number): void => {
    lastLineMs = nowMs;
    silenceMs = SILENCE_MS;
  };
  return {
    show: (rows, { nowMs, hasBegun, work }) => {
      const changed = hasBegun ? changeLines(rows, startedMs, nowMs) : { lines: [], rows };
      for (const line of changed.lines) writeLine(context.stderr, line);
      if (changed.lines.length > 0) spoken(nowMs);
      if (nowMs - lastLineMs > silenceMs) {
        writeLine(
          context.stderr,
          hasBegun ? heartbeat(changed.rows, work, startedMs, nowMs) : `${offset(startedMs, nowMs)} the program starts`,
        );
        lastLineMs = nowMs;
        silenceMs = Math.min(silenceMs * 1.5, LONGEST_SILENCE_MS);
      }
      return changed.rows;
    },
    note: (text, nowMs) => {
      writeLine(context.stderr, `${offset(startedMs, nowMs)} ${text}`);
      spoken(nowMs);
    },
    end: () => undefined,
  };
}

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';

function liveDisplay(context: Context, title: string, startedMs: number): Display {
  const { stderr } = context;
  const paint = paintFor(stderr);
  let drawn = 0;
  const erase = (): string => (drawn === 0 ? '' : `\u001b[${drawn}A\u001b[0J`);
  let last: TimedRow[] = [];
  let lastWork: readonly string[] = [];
  const draw = (rows: TimedRow[], nowMs: number): void => {
    const canvas = { width: stderr.columns, height: stderr.rows, paint };
    const lines = frame(rows, { title, startedMs, nowMs, work: lastWork }, canvas);
    stderr.write(`${HIDE_CURSOR}${erase()}${lines.join('\n')}\n`);
    drawn = lines.length;
  };
  return {
    show: (rows, { nowMs, work }) => {
      last = rows;
      lastWork = work;
      draw(rows, nowMs);
      return rows;
    },
    note: (text, nowMs) => {
      stderr.write(`${erase()}${text}\n`);
      drawn = 0;
      draw(last, nowMs);
    },
    end: () => stderr.write(SHOW_CURSOR),
  };
}

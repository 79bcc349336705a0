import { stripVTControlCharacters } from 'node:util';
import type { Plan } from '../../config/plan/types.ts';
import { wrap } from '../../config/wrap.ts';
import type { Paint } from '../context.ts';
import { table } from '../output/table.ts';
import type { StackStatus } from './assess.ts';
import { columns, statusHeading, statusText, tableRows, verdict, type TableRow } from './show.ts';

/** What one look at a stack gave: its status, or why there is none. */
export type View =
  | { readonly kind: 'seen'; readonly plan: Plan; readonly status: StackStatus }
  | { readonly kind: 'unseen'; readonly stack: string; readonly reason: string };

/** How a view is shown. */
export interface Looks {
  /** True: a line for each replica. */
  readonly isVerbose: boolean;
  readonly paint: Paint;
  /** Time of the view, in ms since the epoch. */
  readonly atMs: number;
}

/** Columns and lines of a terminal. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What is worth telling anew: two views with the same text differ in uptime and memory at most. */
export function essence(view: View): string {
  if (view.kind === 'unseen') return view.reason;
  const { services, problems } = view.status;
  return JSON.stringify([
    services.map(({ name, ready, wanted, health, image, ports, replicas }) => [
      ...[name, ready, wanted, health, image, ports],
      replicas.map((replica) => [replica.container, replica.health, replica.restarts]),
    ]),
    problems,
  ]);
}

/** A view as one line of JSON, with the time at which it was had. */
export function jsonLine(view: View, atMs: number): string {
  const at = new Date(atMs).toISOString();
  if (view.kind === 'unseen') return JSON.stringify({ at, stack: view.stack, error: view.reason });
  const { system, environment, stack } = view.plan;
  return JSON.stringify({ at, system, environment, stack, ...view.status });
}

/** A view as lines that follow upon each other. */
export function viewText(view: View, { isVerbose, paint, atMs }: Looks): string {
  if (view.kind === 'unseen') return `${clock(atMs)} ${view.reason}`;
  return `${clock(atMs)} ${statusText(view.plan, view.status, isVerbose, paint)}\n`;
}

/** A view as the lines of a frame, none wider than `size` and one fewer than it has: the cursor stands below. */
export function viewFrame(view: View, looks: Looks, size: Size): string[] {
  const { paint } = looks;
  const heading = paint(
    'bold',
    `${view.kind === 'seen' ? statusHeading(view.plan) : view.stack} · ${clock(looks.atMs)}`,
  );
  const room = Math.max(1, size.height - 1);
  const below =
    view.kind === 'seen'
      ? statusLines(view.status, looks, { width: size.width, height: room - 2 })
      : wrap(view.reason, size.width).map((line) => paint('yellow', line));
  return [heading, '', ...below].slice(0, room).map((line) => cut(line, size.width));
}

function statusLines(status: StackStatus, { isVerbose, paint }: Looks, { width, height }: Size): string[] {
  const rows = tableRows(status, isVerbose, paint);
  const all = verdict(status).flatMap(({ text, style }) =>
    indented(text, width).map((line) => (style === undefined ? line : paint(style, line))),
  );
  // The heading of the table and a line between; where not all fits, a third at least is for what is wrong.
  const room = Math.max(1, height - 2);
  const below = shortened(all, Math.max(room - rows.length, Math.floor(room / 3), 1), paint);
  const shown = fitting(rows, room - below.length);
  const hidden = rows.length - shown.length;
  return [...narrow(shown, width, paint), ...(hidden > 0 ? [paint('dim', `… and ${hidden} more`)] : []), '', ...below];
}

/** A line broken to a width; what follows stands below its text. */
function indented(line: string, width: number): string[] {
  if (line.length <= width) return [line];
  const margin = /^\s*-?\s*/.exec(line)?.[0] ?? '';
  return wrap(line.slice(margin.length), Math.max(1, width - margin.length)).map(
    (part, index) => `${index === 0 ? margin : ' '.repeat(margin.length)}${part}`,
  );
}

function shortened(lines: readonly string[], room: number, paint: Paint): string[] {
  if (lines.length <= room) return [...lines];
  return [...lines.slice(0, room - 1), paint('dim', `  … and ${lines.length - room + 1} more lines`)];
}

/** Where not all fit, those that are not as planned come before the others; their order stays. */
function fitting(rows: readonly TableRow[], room: number): readonly TableRow[] {
  if (rows.length <= room) return rows;
  const first = [...rows].sort((a, b) => Number(a.isGood) - Number(b.isGood)).slice(0, Math.max(0, room - 1));
  return rows.filter((row) => first.includes(row));
}

/** The columns that can be done without, the first first. */
const DISPENSABLE = ['IMAGE', 'PORTS', 'MEMORY', 'UPTIME'] as const;

/** The lines of the table, without the columns that find no room. */
function narrow(rows: readonly TableRow[], width: number, paint: Paint): string[] {
  const all = columns(paint);
  for (let without = 0; ; without += 1) {
    const gone: readonly string[] = DISPENSABLE.slice(0, without);
    const kept = all.flatMap(({ heading }, index) => (gone.includes(stripVTControlCharacters(heading)) ? [] : [index]));
    const lines = table(
      kept.flatMap((index) => all[index] ?? []),
      rows.map(({ cells }) => kept.map((index) => cells[index] ?? '')),
    ).split('\n');
    if (without === DISPENSABLE.length || lines.every((line) => visible(line) <= width)) return lines;
  }
}

/** A line cut to a width; colours that it has begun end with it. */
function cut(line: string, width: number): string {
  if (visible(line) <= width) return line;
  let room = Math.max(0, width - 1);
  // Colours and text by turns: what is split off by a group stays among the parts.
  const parts = line.split(CODES).map((part, index) => {
    if (index % 2 === 1) return part;
    const kept = part.slice(0, room);
    room -= kept.length;
    return kept;
  });
  const ellipsis = '…';
  return `${parts.join('')}${ellipsis}`;
}

// eslint's no-control-regex forbids the escape character in a literal.
const CODES = new RegExp(`(${String.fromCharCode(27)}\\[[0-9;]*m)`);

function visible(line: string): number {
  return stripVTControlCharacters(line).length;
}

function clock(atMs: number): string {
  return new Date(atMs).toTimeString().slice(0, 8);
}

import type { Paint } from '../context.ts';
import { count } from '../output/format.ts';
import { table } from '../output/table.ts';
import { fieldChange } from '../plan/differences.ts';
import type { Entry } from './history.ts';

/** As many fields of a release are shown unless all are asked for. */
const FIELDS = 12;

/** What belongs to a release's text. */
export interface Shown {
  readonly stack: string;
  /** True: every field that changed. */
  readonly all: boolean;
}

/** The history of a stack for people, newest first. Pure. */
export function historyText(entries: readonly Entry[], { stack, all }: Shown, paint: Paint): string {
  if (entries.length === 0) return `stack ${stack} has no release yet`;
  return entries.map((entry) => entryText(entry, all, paint)).join('\n\n');
}

function entryText(entry: Entry, all: boolean, paint: Paint): string {
  const { release, at, by, result, message, isKept } = entry;
  const title = release === undefined ? commandText(entry) : `release ${release}`;
  const verdict = result === 'succeeded' ? paint('green', result) : paint('red', result);
  const more = [
    ...(release !== undefined && entry.rollbackTo !== undefined ? [commandText(entry)] : []),
    ...(release !== undefined && !isKept ? [paint('dim', 'not kept: listed only')] : []),
  ];
  return [
    [paint('bold', title), timeText(at), by ?? 'by hand', verdict, ...more].join('  '),
    ...(message === undefined ? [] : [`  "${message}"`]),
    ...changeLines(entry, all, paint),
  ].join('\n');
}

function commandText({ command, rollbackTo }: Entry): string {
  return rollbackTo === undefined ? command : `${command} to ${rollbackTo}`;
}

function changeLines({ release, changes, secrets }: Entry, all: boolean, paint: Paint): string[] {
  if (release === undefined) return [];
  const rows = changeRows({ changes, secrets });
  if (rows.length === 0) return [paint('dim', release === 1 ? '  the first one' : '  no field of the plan changed')];
  const shown = all ? rows : rows.slice(0, FIELDS);
  const left = rows.length - shown.length;
  return [...linesOf(shown), ...(left === 0 ? [] : [paint('dim', `  and ${count(left, 'field')} more: --all`)])];
}

/** Fields and secrets that differ, a line each: what it is, and from what to what. Values of secrets are not shown. Pure. */
export function changeText(changed: Pick<Entry, 'changes' | 'secrets'>): string {
  return linesOf(changeRows(changed)).join('\n');
}

function changeRows({ changes, secrets }: Pick<Entry, 'changes' | 'secrets'>): string[][] {
  return [
    ...changes.map(({ path, before, after }) => [`  ${path}`, fieldChange(path, before, after)]),
    ...secrets.map((name) => [`  secrets.${name}`, 'another value']),
  ];
}

function linesOf(rows: readonly (readonly string[])[]): string[] {
  return table([{ heading: '' }, { heading: '' }], rows)
    .split('\n')
    .slice(1);
}

/** Local time, to the second. */
function timeText(at: string): string {
  const time = new Date(at);
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`;
}

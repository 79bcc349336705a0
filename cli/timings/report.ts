import type { Paint } from '../context.ts';
import { table } from '../output/table.ts';
import { lasted, type Line } from './lines.ts';
import type { Doing } from './parts.ts';
import type { Stretch } from './path.ts';

/** Where the time of a command went. */
export interface Timings {
  readonly stack: string;
  /** From the command's start to its end, in ms. */
  readonly totalMs: number;
  readonly lines: readonly Line[];
  readonly path: readonly Stretch[];
}

/** Columns of what services and jobs do; whatever else is done stands in one of its own. */
const COLUMNS: readonly (readonly [heading: string, doings: readonly Doing[]])[] = [
  ['creation', ['created']],
  ['start', ['started']],
  ['health', ['healthy']],
  [
    'other',
    ['took', 'loading', 'planning', 'compared', 'ran', 'built', 'pulled', 'updated', 'drained', 'stopped', 'removed'],
  ],
];

/** The report as text: a line for each thing that was done, then the critical path. Pure. */
export function reportText({ stack, totalMs, lines, path }: Timings, paint: Paint): string {
  const critical = new Set(path.map(({ line }) => line));
  return [
    paint('bold', `where the time went: stack ${stack}, ${hundredths(0, totalMs)} s`),
    '',
    table(
      [
        { heading: '' },
        { heading: 'began', align: 'right' },
        { heading: 'waited for' },
        ...COLUMNS.map(([heading]) => ({ heading, align: 'right' as const })),
        { heading: 'ready', align: 'right' },
        { heading: '' },
      ],
      lines.map((line) => cells(line, critical, paint)),
    ),
    '',
    paint('bold', `the critical path: ${path.length} waits that made the total`),
    '',
    ...path.map((stretch) => pathLine(stretch, path)),
    `${hundredths(0, path.at(-1)?.toMs ?? 0).padStart(8)}  in all`,
  ].join('\n');
}

function cells(line: Line, critical: ReadonlySet<string>, paint: Paint): string[] {
  const { name, fromMs, toMs, waitedFor, parts, outcome } = line;
  return [
    critical.has(line.line) ? paint('bold', name) : name,
    hundredths(0, fromMs),
    waitedFor ?? '',
    ...COLUMNS.map(([, doings]) => {
      const ms = lasted(parts, doings);
      return ms === 0 ? '' : hundredths(0, ms);
    }),
    outcome === 'unfinished' || outcome === 'failed' ? '' : hundredths(0, toMs),
    outcome === 'done' ? '' : outcome,
  ];
}

function pathLine(stretch: Stretch, path: readonly Stretch[]): string {
  const { name, fromMs, toMs } = stretch;
  const width = Math.max(...path.map((other) => other.name.length));
  const shares = sharesOf(stretch);
  const isPlain = shares.every(([what]) => what === 'took');
  const details = isPlain ? '' : shares.map(([what, seconds]) => `${what} ${seconds}`).join(', ');
  return `${hundredths(fromMs, toMs).padStart(8)}  ${name.padEnd(width)}  ${details}`.trimEnd();
}

/** What a stretch went on with, in the order in which that began; what lay between its parts was handing on. */
function sharesOf({ fromMs, toMs, parts }: Stretch): [what: Doing | 'handed on', seconds: string][] {
  const pieces: { what: Doing | 'handed on'; hundredths: number }[] = [];
  let untilMs = fromMs;
  for (const part of parts) {
    pieces.push({ what: 'handed on', hundredths: between(untilMs, part.fromMs) });
    pieces.push({ what: part.what, hundredths: between(part.fromMs, part.toMs) });
    untilMs = part.toMs;
  }
  pieces.push({ what: 'handed on', hundredths: between(untilMs, toMs) });
  return [
    ...Map.groupBy(
      pieces.filter((piece) => piece.hundredths > 0),
      ({ what }) => what,
    ),
  ].map(([what, all]) => [what, (all.reduce((sum, piece) => sum + piece.hundredths, 0) / 100).toFixed(2)]);
}

/** Seconds between two moments, with two decimals: both are rounded, so that what follows each other adds up. */
export function hundredths(fromMs: number, toMs: number): string {
  return (between(fromMs, toMs) / 100).toFixed(2);
}

function between(fromMs: number, toMs: number): number {
  return Math.round(toMs / 10) - Math.round(fromMs / 10);
}

import type { Line } from './lines.ts';
import type { Doing, Part } from './parts.ts';
import type { Stretch } from './path.ts';
import { hundredths, type Timings } from './report.ts';

/* Sizes in the units of the picture, which are pixels where nobody scales it. */
const ROW = 22;
const BAR = 12;
/** The chart is at least this wide. */
const CHART = 760;
const TOP = 92;
const MARGIN = 20;
/** Room right of the chart, for what stands behind the last bar. */
const RIGHT = 96;
/** Width of a character of the font, at most. */
const CHARACTER = 7.4;
const BOTTOM = 44;

/** Bars by what is done, with what the legend calls them. */
const KINDS: readonly (readonly [kind: Kind, legend: string, doings: readonly Doing[]])[] = [
  ['create', 'creation', ['created', 'built', 'pulled', 'updated']],
  ['start', 'start, run', ['started', 'ran']],
  ['health', 'waiting for health', ['healthy']],
  ['stop', 'drain, stop, removal', ['drained', 'stopped', 'removed']],
  ['work', 'slipway, Pulumi, program', ['took', 'loading', 'planning']],
  ['compare', 'comparison with the state', ['compared']],
];

type Kind = 'create' | 'start' | 'health' | 'stop' | 'work' | 'compare';
type Colours = Readonly<Record<Kind | 'paper' | 'ink' | 'faint' | 'grid' | 'path', string>>;

const LIGHT: Colours = {
  ...{ paper: '#ffffff', ink: '#1f2328', faint: '#59636e', grid: '#d8dee4', path: '#d1242f' },
  ...{ create: '#3b7dd8', start: '#8a63d2', health: '#2da44e', stop: '#d4861f', work: '#818b96', compare: '#b6bec7' },
};
const DARK: Colours = {
  ...{ paper: '#0d1117', ink: '#e6edf3', faint: '#9198a1', grid: '#2a3038', path: '#ff7b72' },
  ...{ create: '#58a6ff', start: '#bc8cff', health: '#3fb950', stop: '#e3b341', work: '#7d8590', compare: '#484f58' },
};

/** Rules that name every colour: not every viewer knows variables. */
function coloured(colours: Colours): string {
  const { paper, ink, faint, grid, path } = colours;
  return [
    `.paper { fill: ${paper}; } text { fill: ${ink}; } .faint { fill: ${faint}; } .end { stroke: ${paper}; }`,
    `.grid { stroke: ${grid}; } .wait { stroke: ${faint}; } .path { stroke: ${path}; }`,
    KINDS.map(([kind]) => `.${kind} { fill: ${colours[kind]}; }`).join(' '),
  ].join('\n  ');
}

const STYLE = `
  text { font: 12px system-ui, "DejaVu Sans", "Liberation Sans", sans-serif; }
  .title { font-size: 16px; font-weight: 600; }
  .critical { font-weight: 600; }
  .end { paint-order: stroke; stroke-width: 4; stroke-linejoin: round; }
  .grid { stroke-width: 1; }
  .wait { stroke-width: 1; stroke-dasharray: 1 3; }
  .path { stroke-width: 2.5; fill: none; stroke-linejoin: round; }
  ${coloured(LIGHT)}
  @media (prefers-color-scheme: dark) {
  ${coloured(DARK)}
  }
`;

/** The report as a picture: a self-contained SVG without scripts, for light and dark surroundings. Pure. */
export function waterfall({ stack, totalMs, lines, path }: Timings): string {
  const left = MARGIN + Math.max(80, ...lines.map(({ name }) => name.length * CHARACTER)) + 12;
  const marks = legend();
  const width = Math.ceil(Math.max(left + CHART + RIGHT, marks.width + MARGIN));
  const height = TOP + lines.length * ROW + BOTTOM;
  const chart = width - left - RIGHT;
  const scale: Scale = { left, chart, totalMs, at: (ms) => round(left + (ms / Math.max(1, totalMs)) * chart) };
  const bottom = TOP + lines.length * ROW;
  const title = `Where the time went: stack ${stack}, ${hundredths(0, totalMs)} s`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect width="${width}" height="${height}" class="paper"/>`,
    `<text class="title" x="${MARGIN}" y="32">${escaped(title)}</text>`,
    ...marks.elements,
    ...axis(scale, bottom),
    ...lines.flatMap((line, index) => bars(line, index, scale)),
    ...criticalLine(lines, path, scale),
    ...lines.flatMap((line, index) => labels(line, index, scale, path)),
    '</svg>',
    '',
  ].join('\n');
}

interface Scale {
  /** Where the chart begins, and how wide it is. */
  readonly left: number;
  readonly chart: number;
  /** Where a moment stands. */
  readonly at: (ms: number) => number;
  readonly totalMs: number;
}

function legend(): { readonly elements: string[]; readonly width: number } {
  const entries = [...KINDS.map(([kind, text]) => ({ kind, text })), { kind: 'path', text: 'critical path' }];
  let x = MARGIN;
  const elements = entries.map(({ kind, text }) => {
    const mark =
      kind === 'path'
        ? `<path class="path" d="M${round(x)} 54h12"/>`
        : `<rect class="${kind}" x="${round(x)}" y="48" width="12" height="12" rx="2"/>`;
    const label = `<text class="faint" x="${round(x + 18)}" y="58">${escaped(text)}</text>`;
    x += 18 + text.length * CHARACTER + 14;
    return mark + label;
  });
  return { elements, width: x };
}

/** Steps between the lines of an axis, in ms. */
const STEPS = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000];
const MOST_TICKS = 12;

function axis({ at, totalMs, left, chart }: Scale, bottom: number): string[] {
  const step = STEPS.find((candidate) => totalMs / candidate <= MOST_TICKS) ?? 1_200_000;
  const ticks = Array.from({ length: Math.floor(totalMs / step) + 1 }, (_, index) => index * step);
  return [
    ...ticks.flatMap((ms) => [
      `<line class="grid" x1="${at(ms)}" y1="${TOP - 8}" x2="${at(ms)}" y2="${bottom}"/>`,
      `<text class="faint" x="${at(ms)}" y="${bottom + 16}" text-anchor="middle">${ms / 1000}</text>`,
    ]),
    `<text class="faint" x="${round(left + chart / 2)}" y="${bottom + 34}" text-anchor="middle">seconds since the command began</text>`,
  ];
}

function bars(line: Line, index: number, { at }: Scale): string[] {
  const middle = TOP + index * ROW + ROW / 2 - 2;
  return [
    `<line class="wait" x1="${at(line.fromMs)}" y1="${middle}" x2="${at(line.toMs)}" y2="${middle}"/>`,
    ...line.parts.map((part) => bar(part, at, middle)),
  ];
}

/** What a line is called, before the chart, and when it ended, behind its last bar. */
function labels(line: Line, index: number, { at, left }: Scale, path: readonly Stretch[]): string[] {
  const y = TOP + index * ROW + ROW / 2 + 2;
  const isCritical = path.some((stretch) => stretch.line === line.line);
  const end = `${hundredths(0, line.toMs)}${line.outcome === 'done' ? '' : ` ${line.outcome}`}`;
  return [
    `<text${isCritical ? ' class="critical"' : ''} x="${round(left - 12)}" y="${y}" text-anchor="end">${escaped(line.name)}</text>`,
    `<text class="faint end" x="${round(at(line.toMs) + 6)}" y="${y}">${escaped(end)}</text>`,
  ];
}

function bar({ what, fromMs, toMs }: Part, at: Scale['at'], middle: number): string {
  const kind = KINDS.find(([, , doings]) => doings.includes(what))?.[0] ?? 'work';
  const width = Math.max(0.75, at(toMs) - at(fromMs));
  const label = `${what} ${hundredths(fromMs, toMs)} s`;
  return `<rect class="${kind}" x="${at(fromMs)}" y="${middle - BAR / 2}" width="${round(width)}" height="${BAR}"><title>${escaped(label)}</title></rect>`;
}

/** One line that runs below the bars of the critical path, and from each row to the next. */
function criticalLine(lines: readonly Line[], path: readonly Stretch[], { at }: Scale): string[] {
  const points = path.flatMap((stretch) => {
    const index = lines.findIndex(({ line }) => line === stretch.line);
    const y = TOP + index * ROW + ROW / 2 - 2 + BAR / 2 + 1.5;
    return [`${at(stretch.fromMs)} ${y}`, `${at(stretch.toMs)} ${y}`];
  });
  return points.length === 0 ? [] : [`<path class="path" d="M${points.join('L')}"/>`];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

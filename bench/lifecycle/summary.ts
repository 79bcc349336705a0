/** What is measured, in the order in which a system lives it. */
export const ACTS = ['cold up', 'unchanged up', 'one service changed', 'scale worker to 4', 'down'] as const;
export type Act = (typeof ACTS)[number];

/** By how much slipway may take longer than Compose. */
export const BARS: Readonly<Record<Act, number>> = {
  'cold up': 1.3,
  'unchanged up': 3,
  'one service changed': 1.5,
  'scale worker to 4': 1.5,
  down: 1.5,
};

/** Seconds that each act took, a number a run. */
export type Samples = Readonly<Record<Act, readonly number[]>>;

/** No runs yet. */
export const NO_SAMPLES: Samples = {
  'cold up': [],
  'unchanged up': [],
  'one service changed': [],
  'scale worker to 4': [],
  down: [],
};

/** What several runs of one act came to, in seconds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly samples: readonly number[];
}

/** One act, of both. */
export interface Result {
  readonly act: Act;
  readonly slipway: Spread;
  readonly compose: Spread;
  /** Of the medians: slipway's by Compose's. */
  readonly ratio: number;
  readonly bar: number;
  readonly isWithin: boolean;
}

/** Both side by side. Pure; acts that one of them never came to are left out. */
export function compare(slipway: Samples, compose: Samples): Result[] {
  return ACTS.filter((act) => slipway[act].length > 0 && compose[act].length > 0).map((act) => {
    const [ours, theirs] = [spreadOf(slipway[act]), spreadOf(compose[act])];
    const ratio = ours.median / theirs.median;
    return { act, slipway: ours, compose: theirs, ratio, bar: BARS[act], isWithin: ratio <= BARS[act] };
  });
}

/** Median, least and most of at least one sample; of an even number, the median is the mean of the middle two. */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  const median = (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2;
  return { median, min: at(0), max: at(sorted.length - 1), samples };
}

/** The results as a Markdown table. */
export function markdown(results: readonly Result[]): string {
  const rows = results.map(({ act, slipway, compose, ratio, bar, isWithin }) => [
    act,
    spreadText(slipway),
    spreadText(compose),
    `${ratio.toFixed(2)}×`,
    `${bar.toFixed(1)}×`,
    isWithin ? 'ok' : 'over',
  ]);
  const headings = ['seconds: median (min–max)', 'slipway', 'docker compose', 'ratio', 'bar', ''];
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, 3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(headings), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

function spreadText({ median, min, max, samples }: Spread): string {
  const text = median.toFixed(1);
  return samples.length === 1 ? text : `${text} (${min.toFixed(1)}–${max.toFixed(1)})`;
}

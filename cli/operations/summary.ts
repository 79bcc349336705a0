import type { Paint } from '../context.ts';
import { count } from '../output/format.ts';
import { isFrame, type Progress } from '../progress/progress.ts';
import type { Row } from '../progress/rows.ts';
import { seconds } from '../progress/timeline.ts';

/** Numbers of resources by what was done to them. */
export interface Counts {
  readonly created: number;
  readonly updated: number;
  readonly replaced: number;
  readonly deleted: number;
  readonly unchanged: number;
}

/** What a run did. Components and the stack itself are only frames, and do not count. */
export function countsOf({ resources }: Pick<Progress, 'resources'>): Counts {
  const real = [...resources.values()].filter(({ type, status }) => !isFrame(type) && status === 'done');
  const number = (...ops: string[]): number => real.filter(({ op }) => ops.includes(op)).length;
  return {
    created: number('create'),
    updated: number('update'),
    replaced: number('create-replacement'),
    deleted: number('delete'),
    unchanged: number('same'),
  };
}

/** True if a run left everything as it was. */
export function isUnchanged({ created, updated, replaced, deleted }: Counts): boolean {
  return created + updated + replaced + deleted === 0;
}

/** The line of numbers: only what there was. */
export function countsText(counts: Counts): string {
  const parts = Object.entries(counts).flatMap(([what, number]) => (number > 0 ? [`${number} ${what}`] : []));
  return parts.length === 0 ? 'nothing to do' : parts.join(', ');
}

/** An `up` that deployed all it had to. */
export interface Deployed {
  readonly stack: string;
  readonly rows: readonly Row[];
  readonly progress: Progress;
  readonly tookMs: number;
  readonly urls: Readonly<Record<string, string>>;
  /** False: it runs, but did not prove itself by work. */
  readonly isProven: boolean;
}

/** What an `up` ends with. */
export function upSummary({ stack, rows, progress, tookMs, urls, isProven }: Deployed, paint: Paint): string {
  const counts = countsOf(progress);
  const width = Math.max(0, ...Object.keys(urls).map((label) => label.length));
  const verdict = `stack ${stack} is up${isUnchanged(counts) ? ' and unchanged' : ''}`;
  const size = `${count(rows.filter(isUp).length, 'service')} in ${seconds(tookMs)}`;
  return [
    isProven ? paint('green', `${verdict}: ${size}`) : paint('red', `${verdict}, but no work goes through it: ${size}`),
    `  ${countsText(counts)}`,
    ...Object.entries(urls).map(([label, url]) => `  ${label.padEnd(width)}  ${paint('cyan', url)}`),
  ].join('\n');
}

function isUp({ phase }: Row): boolean {
  return phase === 'ready' || phase === 'unchanged';
}

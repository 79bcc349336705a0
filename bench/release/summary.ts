import type { Tally } from '../../test/integration/support/http-load.ts';

/** What happened while one thing went on. */
export interface Phase {
  readonly seconds: number;
  readonly tallies: ReadonlyMap<string, Tally>;
}

/** A series of releases under load. */
export interface Rolls {
  /** Under the same load, with nothing going on. */
  readonly before: ReadonlyMap<string, Tally>;
  /** Each release, and what came after the last. */
  readonly phases: readonly Phase[];
}

/** Requests of all kinds. */
export interface Sum {
  readonly requests: number;
  readonly failed: number;
  /** What happened → how often. */
  readonly failures: Readonly<Record<string, number>>;
}

/** A WebSocket ends with its own service's replica: told apart, and no request. */
const SOCKET = 'WebSocket messages';

/** All that happened in phases, WebSockets apart. Pure. */
export function addUp(phases: readonly (Phase | undefined)[]): Sum {
  const failures: Record<string, number> = {};
  let requests = 0;
  for (const { tallies } of phases.filter((phase) => phase !== undefined)) {
    for (const [kind, tally] of tallies) {
      if (kind === SOCKET) continue;
      requests += tally.requests;
      for (const [what, count] of Object.entries(tally.failures)) failures[what] = (failures[what] ?? 0) + count;
    }
  }
  return { requests, failed: Object.values(failures).reduce((sum, count) => sum + count, 0), failures };
}

/** The latency that 99 of 100 answers of a kind stay below, in ms; undefined without answers. Pure. */
export function p99(kind: string, phases: readonly ReadonlyMap<string, Tally>[]): number | undefined {
  const all = phases.flatMap((tallies) => tallies.get(kind)?.latencies ?? []).toSorted((a, b) => a - b);
  return all[Math.min(all.length - 1, Math.floor(0.99 * all.length))];
}

/** The two side by side, as a table. Pure. */
export function markdown(slipway: Rolls, compose: Rolls): string {
  const rows = [
    ['time of a release (median)', seconds(slipway), seconds(compose)],
    ['requests', ...[slipway, compose].map(({ phases }) => addUp(phases).requests.toLocaleString('en'))],
    ['failed', ...[slipway, compose].map(({ phases }) => failedText(addUp(phases)))],
    ...[...slipway.before.keys()]
      .filter((kind) => kind !== SOCKET)
      .map((kind) => [`p99 of ${kind}: steady → during`, latency(kind, slipway), latency(kind, compose)]),
  ];
  return ['| | slipway | docker compose |', '|---|---|---|', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');
}

/** The median of the releases; the last phase is what came after. */
export function medianSeconds({ phases }: Rolls): number {
  const sorted = phases
    .slice(0, -1)
    .map((phase) => phase.seconds)
    .toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

function seconds(rolls: Rolls): string {
  return `${medianSeconds(rolls).toFixed(1)} s`;
}

function failedText({ failed, failures }: Sum): string {
  if (failed === 0) return '0';
  return `${failed} (${Object.entries(failures)
    .map(([what, count]) => `${what} ${count}`)
    .join(', ')})`;
}

function latency(kind: string, { before, phases }: Rolls): string {
  const text = (ms: number | undefined) => (ms === undefined ? '–' : ms.toFixed(0));
  return `${text(p99(kind, [before]))} → ${text(
    p99(
      kind,
      phases.slice(0, -1).map(({ tallies }) => tallies),
    ),
  )} ms`;
}

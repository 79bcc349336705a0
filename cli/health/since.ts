import type { Observed, Probe } from '../status/observe.ts';

/**
 * Since when a container's health is what it is, as ISO 8601, as far as the engine's last five probes tell: a healthy
 * one, since its start or the first probe after the last that failed; an unhealthy one, since the first of the probes
 * that have failed in a row. Undefined: nobody can tell. Pure.
 */
export function healthSince(container: Observed): string | undefined {
  if (container.state !== 'running') return container.state === 'paused' ? undefined : container.finishedAt;
  const probes = ofThisRun(container);
  switch (container.health) {
    case 'healthy':
      return sinceSuccess(probes) ?? container.startedAt;
    case 'unhealthy':
      return sinceFailure(probes, container.failingStreak ?? 0) ?? container.startedAt;
    case 'starting':
    case undefined:
      return container.startedAt;
    default:
      return container.health satisfies never;
  }
}

/** The probes since the container's last start: the engine goes on remembering those before. */
export function ofThisRun({ probes = [], startedAt }: Pick<Observed, 'probes' | 'startedAt'>): readonly Probe[] {
  const start = Date.parse(startedAt);
  return probes.filter((probe) => Date.parse(probe.startedAt) >= start);
}

/** The end of the first success after the last failure; undefined: no failure is remembered. */
function sinceSuccess(probes: readonly Probe[]): string | undefined {
  const lastFailure = probes.findLastIndex((probe) => probe.exitCode !== 0);
  return lastFailure < 0 ? undefined : probes[lastFailure + 1]?.endedAt;
}

/** The start of the first failure in a row; where it is forgotten, reckoned from how far apart the known ones are. */
function sinceFailure(probes: readonly Probe[], streak: number): string | undefined {
  const failed = probes.slice(probes.findLastIndex((probe) => probe.exitCode === 0) + 1);
  const [first, last] = [failed[0], failed.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const forgotten = Math.max(0, streak - failed.length);
  const firstMs = Date.parse(first.startedAt);
  const apartMs = failed.length < 2 ? 0 : (Date.parse(last.startedAt) - firstMs) / (failed.length - 1);
  return new Date(firstMs - forgotten * apartMs).toISOString();
}

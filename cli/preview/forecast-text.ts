import type { Effect, Forecast, Outage, Peak } from '../../config/effects/types.ts';
import type { Paint } from '../context.ts';
import { bytes, count } from '../output/format.ts';
import { table } from '../output/table.ts';

/** What a preview foretells, for people: effects service by service, outages, the peak. */
export function forecastText({ effects, peak }: Forecast, paint: Paint): string {
  const rows = effects.flatMap((effect) => {
    const what = effectText(effect);
    return what === '' ? [] : [[effect.service, what]];
  });
  return [
    ...(rows.length === 0
      ? []
      : [table([{ heading: paint('bold', 'SERVICE') }, { heading: paint('bold', 'WHAT HAPPENS') }], rows)]),
    ...outageLines(effects, paint),
    peakLine(peak),
  ].join('\n');
}

/** What happens to a service, in words; empty: nothing that anybody notices. */
function effectText(effect: Effect): string {
  if (effect.runs) return 'job runs';
  if (effect.kind === 'job') return effect.replicas === 0 && effect.removed > 0 ? 'removed' : '';
  const { created, replaced, updated, removed, replicas, rollout, isChecked, readsAgain } = effect;
  if (replicas === 0) return 'removed';
  const parts = [
    ...(created > 0 ? [`${count(created, 'replica')} created`] : []),
    ...(replaced > 0 && rollout ? [replacedText(replaced, replicas, rollout)] : []),
    ...(isChecked ? ['once a check of it has passed'] : []),
    ...(updated > 0 ? [`${count(updated, 'replica')} changed in place`] : []),
    ...(readsAgain && replaced < replicas ? ['reads its files again, in place'] : []),
    ...(removed > 0 ? [`${count(removed, 'replica')} removed`] : []),
  ];
  return parts.join(', ');
}

function replacedText(replaced: number, replicas: number, rollout: NonNullable<Effect['rollout']>): string {
  const { order, parallelism } = rollout;
  const atOnce = replaced > 1 ? `, ${Math.min(parallelism, replaced)} at a time` : '';
  const way = order === 'createFirst' ? 'the new one first' : 'the old one goes first';
  return `${replaced} of ${count(replicas, 'replica')} replaced, ${way}${atOnce}`;
}

function outageLines(effects: readonly Effect[], paint: Paint): string[] {
  const out = effects.flatMap(({ service, outage }) => (outage ? [{ service, outage }] : []));
  if (out.length === 0) return [`outage: ${paint('green', 'none')}`];
  return out.map(({ service, outage }) => `outage: ${paint('red', service)} ${outageText(outage)}`);
}

/** `about 4 s (at most 1m30s): it publishes a port (http); missed by api, and on port 8088 of the host`. */
function outageText({ why, aboutMs, atMostMs, callers, ports }: Outage): string {
  const long =
    aboutMs === undefined || atMostMs === undefined
      ? 'for good'
      : `about ${seconds(aboutMs)} (at most ${seconds(atMostMs)})`;
  const missed = [
    ...(callers.length > 0 ? [`missed by ${callers.join(', ')}`] : []),
    ...(ports.length > 0 ? [`nobody answers on port ${ports.join(', ')} of the host`] : []),
  ];
  return `${long}: ${why.join('; ')}; ${missed.length > 0 ? missed.join(', ') : 'no service calls it'}`;
}

/** Whole seconds: an estimate has no more. */
function seconds(ms: number): string {
  return `${Math.max(1, Math.round(ms / 1000))} s`;
}

function peakLine({ containers, memory, planned, unlimited }: Peak): string {
  const more = (amount: string, isMore: boolean): string => (isMore ? `${amount} over the plan` : 'as planned');
  const over = containers - planned.containers;
  const memoryOver = memory - planned.memory;
  const limits =
    memory === 0 ? [] : [`limits of ${bytes(memory)} of memory (${more(bytes(memoryOver), memoryOver > 0)})`];
  const without = unlimited > 0 ? [memory === 0 ? 'none with a limit of memory' : `${unlimited} without a limit`] : [];
  return `peak: ${[`${count(containers, 'container')} (${more(String(over), over > 0)})`, ...limits, ...without].join(', ')}`;
}

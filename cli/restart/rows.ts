import type { Row } from '../progress/rows.ts';
import type { Step, Steps } from './steps.ts';
import type { TargetService, Wave } from './targets.ts';

/**
 * What each service does at this point of a restart. Pure.
 * @param ill names of containers that have yet to recover from the restart of others
 */
export function rowsOfRestart(waves: readonly Wave[], steps: Steps, ill: readonly string[] = []): Row[] {
  const recovering: Row[] =
    ill.length === 0
      ? []
      : [{ service: 'callers', phase: 'working', text: `waiting for ${ill.join(', ')} to be healthy again` }];
  return [...waves.flatMap((wave, index) => rowsOfWave(wave, waves.slice(0, index).flat(), steps)), ...recovering];
}

function rowsOfWave(wave: Wave, before: readonly TargetService[], steps: Steps): Row[] {
  const open = before.filter((service) => stepsOf(service, steps).some(({ is }) => is !== 'done'));
  return wave.map((service) => ({
    service: service.name,
    ...standing(
      stepsOf(service, steps),
      open.map(({ name }) => name),
      service.targets.every(({ hasHealthcheck }) => hasHealthcheck),
    ),
  }));
}

function stepsOf({ targets }: TargetService, steps: Steps): Step[] {
  return targets.map(({ name }) => steps.get(name) ?? { is: 'untouched' });
}

function standing(steps: readonly Step[], open: readonly string[], isChecked: boolean): Omit<Row, 'service'> {
  const has = (is: Step['is']): boolean => steps.some((step) => step.is === is);
  const done = steps.flatMap((step) => (step.is === 'done' ? [step.afterMs] : []));
  const verb = isChecked ? 'healthy' : 'running';
  const progress = steps.length > 1 ? ` (${done.length} of ${steps.length} ${verb})` : '';
  if (has('failed')) return { phase: 'failed', text: 'failed' };
  if (done.length === steps.length) {
    const after = isChecked ? ` after ${(Math.max(...done) / 1000).toFixed(1)} s` : '';
    return { phase: 'ready', text: `${verb}${after}${steps.length > 1 ? ` (${steps.length} replicas)` : ''}` };
  }
  if (has('restarting')) return { phase: 'working', text: `restarting${progress}` };
  if (has('waiting')) {
    const wait = isChecked ? 'waiting for health check' : 'waiting for it to keep running';
    return { phase: 'working', text: `${wait}${progress}` };
  }
  if (has('unwatched')) return { phase: 'waiting', text: `restarted, not waited for${progress}` };
  return { phase: 'waiting', text: open.length > 0 ? `waiting for ${open.join(', ')}` : `waiting${progress}` };
}

import type { Hop } from './contract.ts';

/** Every step an execution can take, in causal order. */
export const steps = [
  'api.received',
  'api.queued',
  'queue.requeued',
  'queue.taken',
  'frontend.accepted',
  'history.started',
  'timer.armed',
  'timer.fired',
  'matching.added',
  'matching.leased',
  'worker.started',
  'worker.completed',
  'history.completed',
  'api.completed',
] as const;

export type Step = (typeof steps)[number];

/** A hop for `step`, now, by this replica. */
export function hop(step: Step, replica: string, at = Date.now()): Hop {
  const [service = '', event = ''] = step.split('.');
  return { service, event, at, replica };
}

/** By time; what happened in the same millisecond, in causal order. */
export function sortTrail(trail: readonly Hop[]): Hop[] {
  const rank = ({ service, event }: Hop): number => steps.findIndex((step) => step === `${service}.${event}`);
  return [...trail].sort((a, b) => a.at - b.at || rank(a) - rank(b));
}

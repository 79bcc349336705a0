import type { EngineEvent } from '../pulumi/events.ts';
import type { Phase } from './steps.ts';
import type { TimedEvent } from './trace.ts';

/** Notes when a command does what. */
export interface Recorder {
  /** Ends the phase under way and begins the next; `isRun`: Pulumi's, of which events will be heard. */
  readonly begin: (name: string, isRun?: boolean) => void;
  readonly heard: (event: EngineEvent) => void;
  /** Whether Pulumi has begun: before, there is nothing to tell. */
  readonly hasRun: () => boolean;
  /** All that was noted; the phase under way ends here. */
  readonly end: () => Recorded;
}

/** What was noted. Times in ms since the command began. */
export interface Recorded {
  readonly phases: readonly Phase[];
  readonly events: readonly TimedEvent[];
}

/** A recorder whose first phase, Node's and the command's own start, began at `startMs` of `now`'s clock. */
export function record(startMs: number, now: () => number = Date.now): Recorder {
  const phases: Phase[] = [];
  const events: TimedEvent[] = [];
  const at = (): number => Math.max(0, Math.round(now() - startMs));
  let current: Omit<Phase, 'toMs'> = { name: 'slipway', fromMs: 0 };
  const close = (toMs: number): void => {
    phases.push({ ...current, toMs });
  };
  return {
    begin: (name, isRun) => {
      const fromMs = at();
      close(fromMs);
      current = { name, fromMs, ...(isRun === true && { isRun }) };
    },
    heard: (event) => {
      events.push({ atMs: at(), event });
    },
    hasRun: () => [...phases, current].some(({ isRun }) => isRun === true),
    end: () => {
      close(at());
      return { phases, events };
    },
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedSmoke, PlannedStep } from '../../config/plan/types.ts';
import type { Door } from './door.ts';
import { trailOf, type Hop } from './trail.ts';
import { Refusal, Visitor } from './visitor.ts';

/** How a proof ended. */
export interface Proof {
  readonly ok: boolean;
  /** Id of the piece of work; absent: it was never accepted. */
  readonly id?: string;
  /** The last state that was seen. */
  readonly state?: string;
  readonly tookMs: number;
  readonly trail: readonly Hop[];
  /** Why it failed. */
  readonly cause?: string;
}

/** How often the work is asked after, in ms. */
const POLL_MS = 100;

/**
 * Sends real work through a stack: takes the steps of a visitor, then starts a piece of work and follows it to its end. Never
 * throws for what the stack does: every failure is in the proof.
 * @param signal ends the attempt early
 */
export async function prove(door: Door, smoke: PlannedSmoke, signal?: AbortSignal): Promise<Proof> {
  const startMs = Date.now();
  const deadline = AbortSignal.any([AbortSignal.timeout(smoke.timeoutMs), ...(signal === undefined ? [] : [signal])]);
  const visitor = new Visitor(door, deadline);
  const steps = [...(smoke.steps ?? [])];
  const seen: Seen = { steps: [], trail: [] };
  const result = (ok: boolean, cause?: string): Proof => ({
    ok,
    ...(seen.id !== undefined && { id: seen.id }),
    ...(seen.state !== undefined && { state: seen.state }),
    tookMs: Date.now() - startMs,
    trail: seen.trail,
    ...(cause !== undefined && { cause }),
  });
  while (!deadline.aborted) {
    try {
      const [step] = steps;
      if (step !== undefined) {
        await visitor.take(step);
        steps.shift();
        seen.steps = [...seen.steps, { service: smoke.service, event: step.does, atMs: Date.now() }];
        seen.trail = seen.steps;
        delete seen.error;
        if (steps.length > 0) continue;
      } else {
        await follow(visitor, smoke, seen);
        delete seen.error;
      }
      if (steps.length === 0 && (smoke.poll === undefined || seen.state === smoke.poll.done)) return result(true);
      if (seen.state !== undefined && smoke.poll?.failed.includes(seen.state) === true) {
        return result(false, `it ended as "${seen.state}"`);
      }
    } catch (error) {
      if (error instanceof Refusal) return result(false, causeOf(steps[0], error.message));
      seen.error = explain(error);
    }
    await sleep(POLL_MS, undefined, { signal: deadline }).catch(() => undefined);
  }
  if (signal?.aborted === true) return result(false, 'interrupted');
  return result(false, causeOf(steps[0], timeoutCause(smoke, door.address, seen)));
}

/** What is known of the work so far. */
interface Seen {
  id?: string;
  state?: string;
  /** Of the visitor. */
  steps: readonly Hop[];
  /** Of the visitor and of the work. */
  trail: readonly Hop[];
  error?: string;
}

/** Starts the work, or asks after it. @throws Refusal; Error for what may pass */
async function follow(visitor: Visitor, { start, poll }: PlannedSmoke, seen: Seen): Promise<void> {
  if (start === undefined || poll === undefined) return;
  if (seen.id === undefined) {
    const { id } = await visitor.ask(start.method, start.path, start.body);
    if (typeof id !== 'string' && typeof id !== 'number') {
      throw new Refusal(`${start.method} ${start.path} was accepted without an id in the answer`);
    }
    seen.id = String(id);
    return;
  }
  const answer = await visitor.ask('GET', poll.path.replace('{id}', encodeURIComponent(seen.id)));
  seen.state = typeof answer['state'] === 'string' ? answer['state'] : 'unknown';
  seen.trail = [...seen.steps, ...trailOf(answer['trail'])];
}

/** Says what the visitor was about to do. */
function causeOf(step: PlannedStep | undefined, cause: string): string {
  return step === undefined ? cause : `where a visitor ${step.does}: ${cause}`;
}

function timeoutCause(smoke: PlannedSmoke, address: string, { id, state, error }: Seen): string {
  const limit = `within ${smoke.timeoutMs / 1000} s`;
  const last = error === undefined ? '' : `; last: ${error}`;
  if (id === undefined)
    return `${address} ${smoke.start ? 'accepted no work' : 'did not answer as it should'} ${limit}${last}`;
  return `it was not "${smoke.poll?.done ?? ''}" ${limit}, but "${state ?? 'unknown'}"${last}`;
}

/** fetch hides what happened in the cause of its error, which may hold one error for each address it tried. */
function explain(error: unknown): string {
  const { message, cause } = error as {
    message?: string;
    cause?: { message?: string; errors?: { message: string }[] };
  };
  const each = cause?.errors?.map((one) => one.message).join(', ');
  return each ?? cause?.message ?? message ?? String(error);
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedSmoke } from '../../config/plan/types.ts';
import { askAt, type Asked, type Door } from './door.ts';
import { trailOf, type Hop } from './trail.ts';

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

/** How often the work is asked after, in ms, and how long one request may take. */
const POLL_MS = 100;
const REQUEST_MS = 5000;

/**
 * Sends one real piece of work through a stack and follows it to its end. Never throws for what the stack does: every
 * failure is in the proof.
 * @param signal ends the attempt early
 */
export async function prove(door: Door, smoke: PlannedSmoke, signal?: AbortSignal): Promise<Proof> {
  const startMs = Date.now();
  const deadline = AbortSignal.any([AbortSignal.timeout(smoke.timeoutMs), ...(signal === undefined ? [] : [signal])]);
  const seen: { id?: string; state?: string; trail: readonly Hop[]; error?: string } = { trail: [] };
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
      if (seen.id === undefined) {
        seen.id = await begin(door, smoke, deadline);
      } else {
        const path = smoke.poll.path.replace('{id}', encodeURIComponent(seen.id));
        const answer = await ask(door, path, {}, deadline);
        seen.state = typeof answer['state'] === 'string' ? answer['state'] : 'unknown';
        seen.trail = trailOf(answer['trail']);
        if (seen.state === smoke.poll.done) return result(true);
        if (smoke.poll.failed.includes(seen.state)) return result(false, `it ended as "${seen.state}"`);
      }
      delete seen.error;
    } catch (error) {
      if (error instanceof Refusal) return result(false, error.message);
      seen.error = explain(error);
    }
    await sleep(POLL_MS, undefined, { signal: deadline }).catch(() => undefined);
  }
  if (signal?.aborted === true) return result(false, 'interrupted');
  return result(false, timeoutCause(smoke, door.address, seen));
}

/** An answer that no further attempt will change. */
class Refusal extends Error {
  override name = 'Refusal';
}

async function begin(door: Door, smoke: PlannedSmoke, signal: AbortSignal): Promise<string> {
  const { method, path, body } = smoke.start;
  const answer = await ask(
    door,
    path,
    { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    signal,
  );
  const id = answer['id'];
  if (typeof id !== 'string' && typeof id !== 'number') {
    throw new Refusal(`${method} ${path} was accepted without an id in the answer`);
  }
  return String(id);
}

/** @throws Refusal for 4xx; Error for what may pass: 5xx, no connection, no answer in time */
async function ask(door: Door, path: string, asked: Asked, deadline: AbortSignal): Promise<Record<string, unknown>> {
  const url = `${door.address}${path}`;
  const { status, text } = await askAt(door, path, asked, AbortSignal.any([deadline, AbortSignal.timeout(REQUEST_MS)]));
  if (status < 200 || status >= 300) {
    const message = `${asked.method ?? 'GET'} ${url} answered ${status}: ${text.trim().slice(0, 300)}`;
    throw status < 500 && status !== 429 && status !== 404 ? new Refusal(message) : new Error(message);
  }
  const answer: unknown = JSON.parse(text);
  if (typeof answer !== 'object' || answer === null)
    throw new Refusal(`${url} answered with something else than an object`);
  return answer as Record<string, unknown>;
}

function timeoutCause(
  smoke: PlannedSmoke,
  address: string,
  seen: { readonly id?: string; readonly state?: string; readonly error?: string },
): string {
  const limit = `within ${smoke.timeoutMs / 1000} s`;
  const last = seen.error === undefined ? '' : `; last: ${seen.error}`;
  if (seen.id === undefined) return `${address} accepted no work ${limit}${last}`;
  return `it was not "${smoke.poll.done}" ${limit}, but "${seen.state ?? 'unknown'}"${last}`;
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

import { setTimeout as sleep } from 'node:timers/promises';

export interface Backoff {
  /** How often to try in all. */
  readonly attempts: number;
  /** Longest pause before the second try; it doubles from there. */
  readonly firstMs?: number;
  readonly longestMs?: number;
  /** Once aborted, no further try is made; the last error is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** False for errors that no repetition mends. Default: every error may pass. */
  readonly mayPass?: (error: unknown) => boolean;
}

/** The pause after try number `attempt` (from 1): exponential, with full jitter so that many clients do not move in step. */
export function pauseAfter(
  attempt: number,
  { firstMs = 100, longestMs = 5000 }: Partial<Backoff> = {},
  random = Math.random,
): number {
  return Math.round(Math.min(longestMs, firstMs * 2 ** (attempt - 1)) * (0.5 + random() / 2));
}

/** Runs `work` until it succeeds. @throws its last error */
export async function retry<T>(work: () => Promise<T>, backoff: Backoff): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const over = attempt >= backoff.attempts || backoff.signal?.aborted === true;
      if (over || backoff.mayPass?.(error) === false) throw error;
      await sleep(pauseAfter(attempt, backoff), undefined, backoff.signal && { signal: backoff.signal }).catch(() => {
        throw error;
      });
    }
  }
}

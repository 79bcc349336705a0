import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 30_000;
const PAUSE_MS = 250;

/** Tries `remove` until it succeeds: what uses the thing may be going itself. Gives up after 30 s with its last error. */
export async function whileInUse(
  remove: () => Promise<unknown>,
  isInUse: (error: unknown) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      await remove();
      return;
    } catch (error) {
      if (!isInUse(error) || Date.now() > deadline) throw error;
    }
    await sleep(PAUSE_MS, undefined, { signal });
  }
}

import { setTimeout as delay } from 'node:timers/promises';

/**
 * Tries `probe`, such as an expectation, until it stops throwing; answers what it answers then.
 * @throws what it threw last, once `withinMs` are over
 */
export async function eventually<T>(probe: () => T | Promise<T>, withinMs = 60_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(50);
    }
  }
}

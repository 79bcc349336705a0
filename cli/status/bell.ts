import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { LABELS } from '../../engine/labels.ts';

/** Ends a wait before its time. */
export class Bell {
  #ring: () => void = () => undefined;
  #hasRung = false;

  /** Ends the wait that is under way, else the next one. */
  ring(): void {
    this.#hasRung = true;
    this.#ring();
  }

  /** Waits `ms`, or until it rings; true: it has rung. */
  async wait(ms: number): Promise<boolean> {
    if (!this.#hasRung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#ring = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const hasRung = this.#hasRung;
    this.#ring = () => undefined;
    this.#hasRung = false;
    return hasRung;
  }
}

/** What changes a status. What is left out (`exec_create` and the like) comes with every health check. */
const EVENTS = ['create', 'start', 'die', 'destroy', 'oom', 'pause', 'unpause', 'health_status'];

/** Calls `onEvent` for what happens to containers of `stack`, until the engine goes away or `signal` aborts. */
export async function followEvents(
  docker: Docker,
  stack: string,
  onEvent: () => void,
  signal: AbortSignal,
): Promise<void> {
  const events = (await docker.getEvents({
    filters: { type: ['container'], event: EVENTS, label: [`${LABELS.stack}=${stack}`] },
  })) as unknown as Readable;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      events.destroy();
      resolve();
    };
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    events.on('data', onEvent).once('end', end).once('close', end).once('error', end);
  });
}

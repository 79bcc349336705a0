/** Ctrl-C and polite requests to stop, for as long as an operation runs. */
export interface Interrupts {
  /** Aborted by the first request. */
  readonly signal: AbortSignal;
  /** Calls `listener` with 1 for the first request, 2 for the second, and so on. */
  readonly listen: (listener: (count: number) => void) => void;
  /** Gives the signals back to Node's own handling. */
  readonly dispose: () => void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * One Ctrl-C reaches us several times over: from the terminal, and from each parent that passes it on. What arrives
 * within this many ms is one request.
 */
const SAME_REQUEST_MS = 700;

/** Takes over the signals that ask to stop. */
export function takeInterrupts(now: () => number = Date.now): Interrupts {
  const controller = new AbortController();
  const listeners: ((count: number) => void)[] = [];
  let count = 0;
  let last = -Infinity;
  const onSignal = (): void => {
    if (now() - last < SAME_REQUEST_MS) return;
    last = now();
    count += 1;
    controller.abort();
    for (const listener of listeners) listener(count);
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    listen: (listener) => listeners.push(listener),
    dispose: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}

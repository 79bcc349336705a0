import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { displayName, type StackContainer } from '../hosts/containers.ts';
import { isReady } from '../status/assess.ts';
import { observe } from '../status/observe.ts';

/** How often those that have yet to recover are looked at, in ms. */
const LOOK_MS = 500;

/** Containers that do what they are there for. */
export async function readyAmong(docker: Docker, containers: readonly StackContainer[]): Promise<StackContainer[]> {
  const ready = new Set((await observe(docker, containers)).filter(isReady).map(({ id }) => id));
  return containers.filter(({ id }) => ready.has(id));
}

/** Whom to wait for, and how. */
export interface Recovery {
  readonly containers: readonly StackContainer[];
  readonly withinMs: number;
  readonly signal: AbortSignal;
  /** Hears who is not healthy yet, sorted names, at every look. */
  readonly onLook: (ill: readonly string[]) => void;
}

/**
 * Waits until containers are healthy again that were before: callers of what was restarted may have noticed.
 * @returns the names of those that are not in time, or when `signal` is aborted; sorted
 */
export async function recover(docker: Docker, recovery: Recovery): Promise<readonly string[]> {
  const { containers, withinMs, signal, onLook } = recovery;
  const deadline = Date.now() + withinMs;
  for (;;) {
    const ready = await readyAmong(docker, containers);
    const ill = containers
      .filter((container) => !ready.includes(container))
      .map(displayName)
      .sort();
    onLook(ill);
    if (ill.length === 0 || Date.now() >= deadline || signal.aborted) return ill;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

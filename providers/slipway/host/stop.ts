import { statusOf } from '../../../engine/answers.ts';
import { type Host, unlessGone } from './host.ts';

/**
 * Stops a container: its stop signal, `graceMs` to end, then SIGKILL by the engine. One that is stopped or gone already
 * is left as it is.
 */
export async function stop(host: Host, id: string, graceMs: number): Promise<void> {
  try {
    await unlessGone(host.docker.getContainer(id).stop({ t: Math.ceil(graceMs / 1000) }));
  } catch (error) {
    if (statusOf(error) !== 304) throw error; // 304: it was stopped already.
  }
}

/** Removes a container, running or not. One that is gone, or on its way, is left as it is. */
export async function remove(host: Host, id: string): Promise<void> {
  try {
    await unlessGone(host.docker.getContainer(id).remove({ force: true, v: true }));
  } catch (error) {
    if (statusOf(error) !== 409) throw error; // 409: somebody else is removing it.
  }
}

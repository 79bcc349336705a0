import type { Host } from '../host/host.ts';
import { type ContainerEvent, pastEvents } from '../host/watch.ts';

/** What may lie between the end of one container's grace and the creation of the next, in milliseconds. */
const SLACK_MS = 5000;

/**
 * From the stop signal of a container that went first to the start of the one that took its place, in milliseconds, by the
 * engine's own clock; undefined: it did not go first, or the engine remembers no more (it keeps its last 256 events).
 */
export async function exchangeOf(
  host: Host,
  { old, container, stopGraceMs }: { readonly old: string; readonly container: string; readonly stopGraceMs: number },
): Promise<number | undefined> {
  try {
    const { Created, State } = await host.docker.getContainer(container).inspect();
    const [createdMs, startedMs] = [Date.parse(Created), Date.parse(State.StartedAt)];
    const told = await pastEvents(host, old, {
      fromMs: createdMs - stopGraceMs - SLACK_MS,
      toMs: Math.ceil(startedMs / 1000) * 1000,
    });
    const went = told.filter(({ action }) => action === 'kill' || action === 'die');
    return exchangeIn(went, { createdMs, startedMs });
  } catch {
    return undefined; // An estimate is worth no release.
  }
}

/** The same from the events of the container that went: of its stop signal, or its end. Pure. */
export function exchangeIn(
  told: readonly Pick<ContainerEvent, 'atMs'>[],
  { createdMs, startedMs }: { readonly createdMs: number; readonly startedMs: number },
): number | undefined {
  const times = told.flatMap(({ atMs }) => (atMs === undefined ? [] : [atMs]));
  const gone = Math.min(...times);
  return times.length > 0 && gone < createdMs ? Math.round(startedMs - gone) : undefined;
}

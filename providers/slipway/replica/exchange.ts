import { text } from 'node:stream/consumers';
import type { Host } from '../host/host.ts';

/** What may lie between the end of one container's grace and the creation of the next, in milliseconds. */
const SLACK_MS = 5000;

/** An event as the engine has it, as far as it is looked at. */
interface Told {
  readonly Action?: string;
  readonly timeNano?: number;
}

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
    const stream = await host.docker.getEvents({
      since: Math.floor((createdMs - stopGraceMs - SLACK_MS) / 1000),
      until: Math.ceil(startedMs / 1000),
      filters: { type: ['container'], container: [old], event: ['kill', 'die'] },
    });
    const told = (await text(stream)).split('\n').filter((line) => line !== '');
    return exchangeIn(
      told.map((line) => JSON.parse(line) as Told),
      { createdMs, startedMs },
    );
  } catch {
    return undefined; // An estimate is worth no release.
  }
}

/** The same from the events of the container that went. Pure. */
export function exchangeIn(
  told: readonly Told[],
  { createdMs, startedMs }: { readonly createdMs: number; readonly startedMs: number },
): number | undefined {
  const times = told.flatMap(({ timeNano }) => (timeNano === undefined ? [] : [timeNano / 1e6]));
  const gone = Math.min(...times);
  return times.length > 0 && gone < createdMs ? Math.round(startedMs - gone) : undefined;
}

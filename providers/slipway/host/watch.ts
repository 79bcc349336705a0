import { setTimeout as delay } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import type { ContainerInspectInfo } from 'dockerode';
import type { Host } from './host.ts';

/** What a container just did. */
export interface ContainerEvent {
  /** E.g. `die`, `oom`, `health_status: healthy`. */
  readonly action: string;
  /** Of a `die`. */
  readonly exitCode: number | undefined;
}

/**
 * Follows what a container does: yields at once, then the events since the last time whenever there are any, and an
 * empty list at least every `everyMs`, so that whoever looks at the container each time misses nothing, even where an
 * event gets lost.
 * @throws the reason of `signal` when it is aborted
 */
export async function* watch(
  host: Host,
  id: string,
  signal: AbortSignal,
  everyMs: () => number,
): AsyncGenerator<readonly ContainerEvent[]> {
  signal.throwIfAborted();
  // Subscribing first and looking second leaves no gap between the two.
  const stream = (await host.docker.getEvents({
    filters: { type: ['container'], container: [id] },
  })) as NodeJS.ReadableStream & { destroy(): void };
  let events: ContainerEvent[] = [];
  let wake = new AbortController();
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    events.push(...lines.filter((line) => line !== '').map(parseEvent));
    wake.abort();
  });
  // An engine that goes away shows when the container is looked at.
  stream.on('error', () => undefined);
  try {
    yield [];
    for (;;) {
      if (events.length === 0) await pause(everyMs(), AbortSignal.any([signal, wake.signal]));
      signal.throwIfAborted();
      wake = new AbortController();
      const news = events;
      events = [];
      yield news;
    }
  } finally {
    stream.destroy();
  }
}

/**
 * What a container has done since it was made, as far as the engine remembers (its last 256 events, of all containers): for
 * whoever sees that something has happened of which no event has come in yet.
 */
export async function eventsOf(host: Host, { Id, Created }: ContainerInspectInfo): Promise<ContainerEvent[]> {
  const stream = await host.docker.getEvents({
    since: Math.floor(Date.parse(Created) / 1000),
    // Now, and no second later: the engine would wait for that.
    until: Date.now() / 1000,
    filters: { type: ['container'], container: [Id] },
  });
  return (await text(stream))
    .split('\n')
    .filter((line) => line !== '')
    .map(parseEvent);
}

/** Waits, or until `signal` is aborted, without an error. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

function parseEvent(line: string): ContainerEvent {
  const { Action, Actor } = JSON.parse(line) as { Action: string; Actor?: { Attributes?: Record<string, string> } };
  const exitCode = Actor?.Attributes?.['exitCode'];
  return { action: Action, exitCode: exitCode === undefined ? undefined : Number(exitCode) };
}

import { setTimeout as delay } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import type { Host } from './host.ts';

/** What a container just did. */
export interface ContainerEvent {
  /** E.g. `die`, `oom`, `health_status: healthy`. */
  readonly action: string;
  /** Of a `die`. */
  readonly exitCode: number | undefined;
  /** When, in milliseconds since 1970 by the engine's clock; undefined: it does not say. */
  readonly atMs: number | undefined;
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

/** A stretch of time, in milliseconds since 1970 by the engine's clock. */
export interface Period {
  readonly fromMs: number;
  /** Not after now: the engine would wait for it. */
  readonly toMs: number;
}

/**
 * What a container has done in the past, as far as the engine remembers (its last 256 events, of all containers): for whoever
 * sees that something has happened of which no event has come in.
 */
export async function pastEvents(host: Host, container: string, { fromMs, toMs }: Period): Promise<ContainerEvent[]> {
  const stream = await host.docker.getEvents({
    since: Math.floor(fromMs / 1000),
    until: toMs / 1000,
    filters: { type: ['container'], container: [container] },
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

/** An event as the engine tells it. */
interface Told {
  readonly Action: string;
  readonly Actor?: { readonly Attributes?: Readonly<Record<string, string>> };
  readonly timeNano?: number;
}

function parseEvent(line: string): ContainerEvent {
  const { Action, Actor, timeNano } = JSON.parse(line) as Told;
  const exitCode = Actor?.Attributes?.['exitCode'];
  return {
    action: Action,
    exitCode: exitCode === undefined ? undefined : Number(exitCode),
    atMs: timeNano === undefined ? undefined : timeNano / 1e6,
  };
}

import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { LABELS } from '../../engine/labels.ts';
import { identify, type StackContainer } from '../hosts/containers.ts';
import { lineSplitter } from '../pulumi/events.ts';
import { followLog, type LogRange } from './stream.ts';
import type { LogLine } from './line.ts';

/** A container whose log is followed. */
export type Source = Pick<StackContainer, 'id' | 'service' | 'replica'>;

/** What is followed, and where it goes. */
export interface Following {
  readonly docker: Docker;
  /** The stack's own id. */
  readonly instance: string;
  /** Services to follow; undefined: all. */
  readonly services: ReadonlySet<string> | undefined;
  readonly range: LogRange;
  readonly onLine: (source: Source, line: LogLine) => void;
  readonly signal: AbortSignal;
}

/** Follows containers through restarts, and those that start later, until `signal` aborts. */
export async function follow(following: Following, containers: readonly Source[]): Promise<void> {
  const { docker, instance, services, signal } = following;
  const followed = new Map<string, string>();
  // Containers whose log is open; true: it was started again before the end of its log was seen.
  const active = new Map<string, boolean>();
  const open = (source: Source, range: LogRange): void => {
    if (active.has(source.id)) {
      active.set(source.id, true);
      return;
    }
    active.set(source.id, false);
    void followOne(following, source, range, followed).finally(() => {
      const isBack = active.get(source.id) === true && !signal.aborted;
      active.delete(source.id);
      if (isBack) open(source, {});
    });
  };
  const events = (await docker.getEvents({
    filters: { type: ['container'], event: ['start'], label: [`${LABELS.instance}=${instance}`] },
  })) as unknown as Readable;
  for (const container of containers) open(container, following.range);
  const onEvent = lineSplitter((text) => {
    const source = startedSource(text);
    if (source === undefined || (services !== undefined && !services.has(source.service))) return;
    // A container that we have read before goes on after its last line; a new one is shown from its beginning.
    open(source, {});
  });
  events.setEncoding('utf8').on('data', onEvent);
  await new Promise<void>((resolve) => {
    const end = (): void => {
      events.destroy();
      resolve();
    };
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    events.once('close', resolve).once('error', resolve);
  });
}

/** Follows one container until it stops; `last` remembers where each one's log was left. */
async function followOne(
  following: Following,
  source: Source,
  range: LogRange,
  last: Map<string, string>,
): Promise<void> {
  const { docker, onLine, signal } = following;
  const before = last.get(source.id);
  const from = before === undefined ? range : { sinceMs: Date.parse(before) };
  const show = (line: LogLine): void => {
    // The engine's `since` is coarser than its stamps: lines that have been shown come again.
    if (before !== undefined && line.at !== '' && line.at <= before) return;
    if (line.at !== '') last.set(source.id, line.at);
    onLine(source, line);
  };
  await followLog(docker, source.id, from, show, signal).catch(() => undefined); // Gone: nothing more will come.
}

function startedSource(text: string): Source | undefined {
  try {
    const event = JSON.parse(text) as { Actor?: { ID?: string; Attributes?: Record<string, string> } };
    const id = event.Actor?.ID;
    const identity = identify(event.Actor?.Attributes ?? {});
    return id === undefined || identity === undefined ? undefined : { id, ...identity };
  } catch {
    return undefined; // Not an event: the stream keeps itself alive with blanks.
  }
}

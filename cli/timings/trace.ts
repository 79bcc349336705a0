import { isFrame, isRemoval, serviceOf } from '../progress/progress.ts';
import type { DiagnosticEvent, EngineEvent, StepMetadata } from '../pulumi/events.ts';
import { nameOfUrn } from '../pulumi/urn.ts';

/** An engine event, and when it was heard: ms since the command began. */
export interface TimedEvent {
  readonly atMs: number;
  readonly event: EngineEvent;
}

/** What was done to one resource. Times in ms since the command began. */
export interface Operation {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** The service whose component it stands in; absent: it serves several, or none. */
  readonly service?: string;
  /** Pulumi's name of the step: `create`, `same`, `delete-replaced`, … */
  readonly op: string;
  /** When the program had all of its inputs and asked for it; absent: nobody said. */
  readonly askedMs?: number;
  /** When Pulumi, having compared it with the state, began. */
  readonly beganMs: number;
  /** Absent: it had not ended when the run did. */
  readonly endedMs?: number;
  readonly failed: boolean;
  /** What its provider said of it on the way. */
  readonly said: readonly { readonly atMs: number; readonly text: string }[];
}

/** A run of Pulumi's, as its events tell it. Times in ms since the command began; absent: it did not get there. */
export interface Trace {
  /** When Pulumi, all of its own set up, began to run the program. */
  readonly preludeMs?: number;
  /** From when to when Pulumi asked the host for what the state knows, where it was told to. */
  readonly refreshed?: { readonly fromMs: number; readonly toMs: number };
  /** When the program first spoke to Pulumi: Node runs, and Pulumi's SDK is loaded. */
  readonly connectedMs?: number;
  /** When the program asked for its first resource: it is loaded and has looked at the host. */
  readonly declaredMs?: number;
  readonly operations: readonly Operation[];
}

/** What the events of a run add up to, operations in the order in which they began. Pure. */
export function traceOf(events: readonly TimedEvent[]): Trace {
  const seen: Seen = { asked: new Map(), operations: new Map() };
  for (const { atMs, event } of events) {
    if (event.preludeEvent !== undefined) seen.preludeMs ??= atMs;
    if (isRefresh(event)) {
      seen.refreshed = { fromMs: seen.refreshed?.fromMs ?? atMs, toMs: atMs };
      continue;
    }
    if (event.resourcePreEvent !== undefined) began(seen, event.resourcePreEvent.metadata, atMs);
    if (event.resOutputsEvent !== undefined) ended(seen, event.resOutputsEvent.metadata, atMs, false);
    if (event.resOpFailedEvent !== undefined) ended(seen, event.resOpFailedEvent.metadata, atMs, true);
    if (event.diagnosticEvent !== undefined) said(seen, event.diagnosticEvent, atMs);
  }
  const { preludeMs, refreshed, connectedMs, declaredMs } = seen;
  return {
    ...(preludeMs !== undefined && { preludeMs }),
    ...(refreshed && { refreshed }),
    ...(connectedMs !== undefined && { connectedMs }),
    ...(declaredMs !== undefined && { declaredMs }),
    operations: [...seen.operations.values()].sort((a, b) => a.beganMs - b.beganMs),
  };
}

interface Seen {
  preludeMs?: number;
  refreshed?: NonNullable<Trace['refreshed']>;
  connectedMs?: number;
  declaredMs?: number;
  /** `<type> <name>` → when it was asked for. */
  readonly asked: Map<string, number>;
  /** By URN; a removal stands beside what is made under the same URN. */
  readonly operations: Map<string, Operation>;
}

const STACK = 'pulumi:pulumi:Stack';

/** A refresh goes over all resources before the program runs, which then asks for each of them once more. */
function isRefresh({ resourcePreEvent, resOutputsEvent, resOpFailedEvent }: EngineEvent): boolean {
  return (resourcePreEvent ?? resOutputsEvent ?? resOpFailedEvent)?.metadata.op === 'refresh';
}

/** Pulumi announces a replacement as a whole beside its two halves, which tell everything; frames do nothing. */
function isTold({ op, type }: StepMetadata): boolean {
  return op !== 'replace' && !isFrame(type);
}

function keyOf({ op, urn }: StepMetadata): string {
  return isRemoval(op) ? `${urn}#removal` : urn;
}

function began(seen: Seen, metadata: StepMetadata, atMs: number): void {
  if (metadata.type === STACK) seen.connectedMs ??= atMs;
  if (!isTold(metadata)) return;
  const { urn, type, op } = metadata;
  const name = nameOfUrn(urn);
  const service = serviceOf(metadata);
  const askedMs = isRemoval(op) ? undefined : seen.asked.get(`${type} ${name}`);
  seen.operations.set(keyOf(metadata), {
    ...{ urn, type, name, op, beganMs: atMs, failed: false, said: [] },
    ...(service !== undefined && { service }),
    ...(askedMs !== undefined && { askedMs }),
  });
}

function ended(seen: Seen, metadata: StepMetadata, atMs: number, failed: boolean): void {
  if (!isTold(metadata)) return;
  const key = keyOf(metadata);
  if (!seen.operations.has(key)) began(seen, metadata, atMs);
  const operation = seen.operations.get(key);
  if (operation !== undefined) seen.operations.set(key, { ...operation, endedMs: atMs, failed });
}

function said(seen: Seen, { severity, message, urn }: DiagnosticEvent, atMs: number): void {
  if (severity === 'debug') {
    note(seen, message, atMs);
    return;
  }
  if (urn === undefined || !severity.startsWith('info')) return;
  const running = [urn, `${urn}#removal`].find((key) => seen.operations.get(key)?.endedMs === undefined);
  const operation = running === undefined ? undefined : seen.operations.get(running);
  if (running === undefined || operation === undefined) return;
  const text = message.trim();
  seen.operations.set(running, { ...operation, said: [...operation.said, { atMs, text }] });
}

/** What Pulumi's SDK for Node says in debug messages; where it ever says it otherwise, times are only less exact. */
function note(seen: Seen, message: string, atMs: number): void {
  const declared = /^Registering resource: t=([^,]+),/.exec(message);
  if (declared !== null && declared[1] !== STACK) seen.declaredMs ??= atMs;
  const asked = /^RegisterResource RPC prepared: t=([^,]+), name=(.+?)\s*$/.exec(message);
  if (asked !== null) seen.asked.set(`${asked[1] ?? ''} ${asked[2] ?? ''}`, atMs);
}

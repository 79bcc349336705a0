import type { EngineEvent, StepMetadata } from '../pulumi/events.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import { nameOfUrn } from '../pulumi/urn.ts';

/** What has happened to one resource so far. Times in ms, from the clock of whoever feeds the events in. */
export interface ResourceProgress {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** The service whose component it stands in; absent: it serves several, or none. */
  readonly service?: string;
  /** Pulumi's name of the step: `create`, `same`, `create-replacement`, `delete`, … */
  readonly op: string;
  readonly status: 'running' | 'done' | 'failed';
  readonly startedMs: number;
  readonly endedMs?: number;
  /** What its provider said last; `passing`: a status of the moment. */
  readonly said?: { readonly text: string; readonly passing: boolean };
}

/** Something that went wrong, in the provider's own words. */
export interface Problem {
  /** Absent: it belongs to no single resource. */
  readonly urn?: string;
  readonly type?: string;
  readonly name?: string;
  readonly service?: string;
  readonly message: string;
}

/** A run so far: what its events add up to. */
export interface Progress {
  readonly startedMs: number;
  /** By URN; a removal stands beside what is made under the same URN, see {@link keyOf}. */
  readonly resources: ReadonlyMap<string, ResourceProgress>;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
  /** When something was last heard. */
  readonly heardMs: number;
}

/** A run of which nothing is known yet. */
export function begin(nowMs: number): Progress {
  return { startedMs: nowMs, resources: new Map(), problems: [], warnings: [], heardMs: nowMs };
}

/** The run after one more event. Pure: events and clock in, a new run out. */
export function reduce(progress: Progress, event: EngineEvent, nowMs: number): Progress {
  if (event.resourcePreEvent !== undefined) return started(progress, event.resourcePreEvent.metadata, nowMs);
  if (event.resOutputsEvent !== undefined) return ended(progress, event.resOutputsEvent.metadata, 'done', nowMs);
  if (event.resOpFailedEvent !== undefined) return ended(progress, event.resOpFailedEvent.metadata, 'failed', nowMs);
  if (event.diagnosticEvent !== undefined) return said(progress, event.diagnosticEvent, nowMs);
  return progress;
}

/** True for the steps that take something away. */
export function isRemoval(op: string): boolean {
  return op === 'delete' || op === 'delete-replaced' || op === 'discard' || op === 'discard-replaced';
}

/** True for the steps that only look at what is there. */
export function isRefresh(op: string): boolean {
  return op === 'refresh' || op === 'read';
}

/** True for what only holds other resources: components, and the stack itself. */
export function isFrame(type: string): boolean {
  return type === 'pulumi:pulumi:Stack' || type.startsWith('slipway:components:');
}

/** Pulumi announces a replacement as a whole beside its two halves; the halves tell everything. */
function isAnnouncement(op: string): boolean {
  return op === 'replace';
}

function keyOf(metadata: StepMetadata): string {
  return isRemoval(metadata.op) ? `${metadata.urn}#removal` : metadata.urn;
}

function started(progress: Progress, metadata: StepMetadata, nowMs: number): Progress {
  if (isAnnouncement(metadata.op)) return progress;
  return withResource(progress, keyOf(metadata), { ...describe(metadata), status: 'running', startedMs: nowMs }, nowMs);
}

function ended(progress: Progress, metadata: StepMetadata, status: 'done' | 'failed', nowMs: number): Progress {
  if (isAnnouncement(metadata.op)) return progress;
  const known = progress.resources.get(keyOf(metadata));
  const resource: ResourceProgress = {
    ...(known ?? { startedMs: nowMs }),
    ...describe(metadata),
    status,
    endedMs: nowMs,
  };
  return withResource(progress, keyOf(metadata), resource, nowMs);
}

function describe(metadata: StepMetadata): Pick<ResourceProgress, 'urn' | 'type' | 'name' | 'service' | 'op'> {
  const { urn, type, op } = metadata;
  const service = serviceOf(metadata);
  return { urn, type, name: nameOfUrn(urn), op, ...(service !== undefined && { service }) };
}

/** The service that a resource belongs to: the component that is its parent, or itself is one. */
export function serviceOf(metadata: StepMetadata): string | undefined {
  if (metadata.type === TYPES.service) return nameOfUrn(metadata.urn);
  const parent = metadata.new?.parent ?? metadata.old?.parent;
  return parent?.includes(`${TYPES.service}::`) === true ? nameOfUrn(parent) : undefined;
}

function withResource(progress: Progress, key: string, resource: ResourceProgress, nowMs: number): Progress {
  return { ...progress, resources: new Map(progress.resources).set(key, resource), heardMs: nowMs };
}

function said(progress: Progress, event: NonNullable<EngineEvent['diagnosticEvent']>, nowMs: number): Progress {
  const text = plainText(event.message).trimEnd();
  switch (event.severity) {
    case 'error': {
      const { urn } = event;
      const resource = urn === undefined ? undefined : progress.resources.get(urn);
      if (isEcho(text)) return { ...progress, heardMs: nowMs };
      const problem: Problem = {
        message: text,
        ...(urn !== undefined && resource !== undefined && describeProblem(urn, resource)),
      };
      return { ...progress, problems: [...progress.problems, problem], heardMs: nowMs };
    }
    case 'warning':
      if (isToolchainTalk(text)) return progress;
      return { ...progress, warnings: [...progress.warnings, text], heardMs: nowMs };
    case 'info':
    case 'info#err': {
      const resource = event.urn === undefined ? undefined : progress.resources.get(event.urn);
      if (event.urn === undefined || resource === undefined || text.trim() === '') return progress;
      const now = { text: text.trim(), passing: event.ephemeral === true };
      return withResource(progress, event.urn, { ...resource, said: now }, nowMs);
    }
    default:
      return progress; // Debug messages are for Pulumi's own developers.
  }
}

function describeProblem(urn: string, resource: ResourceProgress): Omit<Problem, 'message'> {
  const { type, name, service } = resource;
  return { urn, type, name, ...(service !== undefined && { service }) };
}

/** True for what Pulumi adds to say that there were errors. */
function isEcho(text: string): boolean {
  return /^(update|preview|destroy|refresh) (failed|canceled|cancelled)$|^resource .* has been protected/.test(text);
}

/** True for what setup has arranged and said already. */
function isToolchainTalk(text: string): boolean {
  return /^using pulumi-\S+ from \$PATH /.test(text);
}

/** A text without terminal colours. */
function plainText(text: string): string {
  // eslint's no-control-regex forbids the escape character in a literal.
  return text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g'), '').replace(/<\{%[^%]*%\}>/g, '');
}

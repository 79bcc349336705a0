import type { EngineEvent, StepMetadata } from '../pulumi/events.ts';
import { nameOfUrn } from '../pulumi/urn.ts';
import { isFrame, serviceOf } from '../progress/progress.ts';

/** One resource that an `up` would touch. */
export interface Change {
  /** The service it belongs to; absent: it serves several, or none. */
  readonly service?: string;
  readonly type: string;
  readonly name: string;
  readonly action: 'create' | 'update' | 'replace' | 'delete';
  /** Properties that differ, as paths, sorted. */
  readonly fields: readonly string[];
  /** Those of them that force the replacement, sorted. */
  readonly causes: readonly string[];
  /** Values of the properties that differ; secrets are masked by Pulumi already. */
  readonly values: readonly FieldChange[];
}

/** A property that differs; a side that has no value is absent. */
export interface FieldChange {
  readonly field: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

const ACTIONS: Readonly<Record<string, Change['action']>> = {
  create: 'create',
  update: 'update',
  replace: 'replace',
  delete: 'delete',
};

/** What the events of a preview say would change; components and the stack itself are only frames and left out. */
export function changesOf(events: readonly EngineEvent[]): Change[] {
  return events
    .flatMap((event) => event.resourcePreEvent?.metadata ?? [])
    .flatMap((metadata): Change[] => {
      const action = ACTIONS[metadata.op];
      if (action === undefined || isFrame(metadata.type)) return [];
      const service = serviceOf(metadata);
      const fields = action === 'update' || action === 'replace' ? fieldsOf(metadata) : [];
      return [
        {
          ...(service !== undefined && { service }),
          type: metadata.type,
          name: nameOfUrn(metadata.urn),
          action,
          fields,
          causes: action === 'replace' ? causesOf(metadata) : [],
          values: fields.map((field) => valueChange(metadata, field)),
        },
      ];
    });
}

/** Top-level properties: an index inside a list tells a reader nothing. */
function fieldsOf(metadata: StepMetadata): string[] {
  const paths = Object.keys(metadata.detailedDiff ?? {});
  const all = paths.length > 0 ? paths : (metadata.diffs ?? []);
  return [...new Set(all.map(topLevel))].sort();
}

function causesOf(metadata: StepMetadata): string[] {
  const forced = Object.entries(metadata.detailedDiff ?? {}).flatMap(([path, { diffKind }]) =>
    diffKind.endsWith('-replace') ? [topLevel(path)] : [],
  );
  return [...new Set([...forced, ...(metadata.keys ?? []).map(topLevel)])].sort();
}

function topLevel(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? path;
}

function valueChange(metadata: StepMetadata, field: string): FieldChange {
  const before = metadata.old?.inputs?.[field];
  const after = metadata.new?.inputs?.[field];
  return { field, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

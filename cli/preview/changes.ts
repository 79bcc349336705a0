import type { EngineEvent, StepMetadata } from '../pulumi/events.ts';
import { nameOfUrn } from '../pulumi/urn.ts';
import { isFrame, serviceOf } from '../progress/progress.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import { environmentChange, isMasked, masked, readableEnvironments } from './variables.ts';

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
  /** Variables whose secret value is another one, sorted: neither side shows it. */
  readonly secretsChanged?: readonly string[];
}

const ACTIONS: Readonly<Record<string, Change['action']>> = {
  create: 'create',
  update: 'update',
  replace: 'replace',
  delete: 'delete',
};

/** What the events of a preview say would change; components and the stack itself are only frames and left out. */
export function changesOf(events: readonly EngineEvent[]): Change[] {
  const steps = events.flatMap((event) => event.resourcePreEvent?.metadata ?? []);
  const environments = readableEnvironments(steps);
  return steps.flatMap((metadata): Change[] => {
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
        // Of a release the other resources tell what it changes.
        values:
          metadata.type === TYPES.release ? [] : fields.map((field) => valueChange(metadata, field, environments)),
      },
    ];
  });
}

/** Top-level properties: an index inside a list tells a reader nothing. */
function fieldsOf(metadata: StepMetadata): string[] {
  const paths = Object.keys(metadata.detailedDiff ?? {});
  const all = paths.length > 0 ? paths : (metadata.diffs ?? []);
  const fields = [...new Set(all.map(topLevel))].sort();
  // A gate has the variables for its container's sake, where they are shown.
  const isTold = metadata.type === TYPES.replica && fields.length > 1;
  return isTold ? fields.filter((field) => field !== 'environment') : fields;
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

function valueChange(
  metadata: StepMetadata,
  field: string,
  environments: ReturnType<typeof readableEnvironments>,
): FieldChange {
  if (metadata.type === TYPES.container && field === 'envs' && isMasked(metadata, field)) {
    const found = environments(metadata);
    if (found !== undefined) return { field, ...found };
  }
  if (field === 'environment') return { field, ...environmentChange(metadata) };
  const before = masked(metadata.old?.inputs?.[field]);
  const after = masked(metadata.new?.inputs?.[field]);
  return { field, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

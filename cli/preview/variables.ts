import type { StepMetadata, StepState } from '../pulumi/events.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import { nameOfUrn } from '../pulumi/urn.ts';
import { serviceOf } from '../progress/progress.ts';
import type { FieldChange } from './changes.ts';

/** What stands in a secret's place. */
const MASK = '[secret]';

/** How Pulumi marks a special value, and the mark of a secret: constants of its protocol. Its value is masked already. */
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';

/** A value of an event with a mask where a secret is, however deep. */
export function masked(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(masked);
  if ((value as Record<string, unknown>)[SIGNATURE] === SECRET) return MASK;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner)]));
}

/** Whether a property of a step is hidden as a whole, on either side. */
export function isMasked({ old, new: fresh }: StepMetadata, field: string): boolean {
  return [old, fresh].some((side) => masked(side?.inputs?.[field]) === MASK);
}

/**
 * Finds what the gate of a container tells of its variables. Of a list that holds one secret Pulumi shows nothing
 * (pulumi#9829); of the gate's map it hides the secret ones alone.
 */
export function readableEnvironments(
  steps: readonly StepMetadata[],
): (container: StepMetadata) => Omit<FieldChange, 'field'> | undefined {
  const gates = steps.filter(({ type, op }) => type === TYPES.replica && op !== 'delete');
  return (container) => {
    const name = nameOfUrn(container.urn);
    const gate = gates.find(
      (each) => serviceOf(each) === serviceOf(container) && name.endsWith(`-${nameOfUrn(each.urn)}`),
    );
    if (!gate) return undefined;
    // Where a secret comes or goes, the gate has the variables of one side alone, and the container's own list of the
    // other can be read.
    const own = { ...list('before', container.old), ...list('after', container.new) };
    return { ...own, ...environmentChange(gate) };
  };
}

function list(side: 'before' | 'after', state: StepState | null | undefined): Partial<FieldChange> {
  const envs = masked(state?.inputs?.['envs']);
  return Array.isArray(envs) ? { [side]: envs } : {};
}

/** What changes of the variables of a resource that has them as a map, `NAME=value` each. */
export function environmentChange(metadata: StepMetadata): Omit<FieldChange, 'field'> {
  const [before, after] = [assignments(metadata.old), assignments(metadata.new)];
  const changed = Object.keys(metadata.detailedDiff ?? {})
    .flatMap((path) => /^environment(?:\.|\[")([A-Za-z_]\w*)/.exec(path)?.[1] ?? [])
    .filter((name) => [before, after].every((side) => side?.includes(`${name}=${MASK}`)))
    .sort();
  return {
    ...(before && { before }),
    ...(after && { after }),
    ...(changed.length > 0 && { secretsChanged: changed }),
  };
}

function assignments(side: StepState | null | undefined): string[] | undefined {
  const variables = masked(side?.inputs?.['environment']);
  if (variables === MASK) return [MASK];
  if (typeof variables !== 'object' || variables === null) return undefined;
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${String(value)}`)
    .sort();
}

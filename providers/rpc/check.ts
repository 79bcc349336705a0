import type { z } from 'zod';
import type { Path, Values } from './values.ts';
import { isUnknown, renderPath, valueAt } from './values.ts';

/** Why inputs can't be accepted. */
export interface Failure {
  /** As Pulumi writes a property path; empty for the inputs as a whole. */
  readonly property: string;
  readonly reason: string;
}

/**
 * Everything that is wrong with `inputs`, all at once; what is not known yet passes. Messages name values never, since
 * they may be secret; strict objects name each key they don't know.
 */
export function failures(schema: z.ZodType, inputs: Values): Failure[] {
  const parsed = schema.safeParse(inputs, { reportInput: false });
  return parsed.success ? [] : parsed.error.issues.flatMap((issue) => describe(issue, inputs));
}

function describe(issue: z.core.$ZodIssue, inputs: Values): Failure[] {
  const path = issue.path.filter((key) => typeof key !== 'symbol');
  if (ancestors(path).some((above) => isUnknown(valueAt(inputs, above)))) return [];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      property: renderPath([...path, key]),
      reason: 'there is no such input, or this provider does not implement it',
    }));
  }
  if (issue.code === 'invalid_type' && valueAt(inputs, path) === undefined) {
    return [{ property: renderPath(path), reason: `missing; accepted: ${issue.expected}` }];
  }
  return [{ property: renderPath(path), reason: issue.message }];
}

function ancestors(path: Path): Path[] {
  return path.map((_, at) => path.slice(0, at + 1));
}

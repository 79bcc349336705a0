import type { z } from 'zod';
import '../schema/meta.ts';
import { issuePath } from '../plan/resolution.ts';
import type { Issue } from '../plan/types.ts';
import { childSchema, keySchema, knownKeys, metaOf } from '../schema/walk.ts';
import { knownNames } from './suggest.ts';

/** A problem that a schema has found, with where it lies. */
export interface SchemaProblem {
  readonly keys: readonly PropertyKey[];
  readonly issue: Issue;
}

/** What zod says, as issues: one a problem, with the path as the user wrote it and what would be accepted. */
export function schemaProblems(
  schema: z.core.$ZodType,
  root: string,
  input: unknown,
  found: readonly z.core.$ZodIssue[],
): SchemaProblem[] {
  return found.flatMap((issue) => problemsOf(schema, root, input, issue, []));
}

function problemsOf(
  schema: z.core.$ZodType,
  root: string,
  input: unknown,
  issue: z.core.$ZodIssue,
  base: readonly PropertyKey[],
): SchemaProblem[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      problem(root, [...path, key], `unknown key "${key}"`, knownNames(key, knownKeys(schemaAt(schema, path)))),
    );
  }
  const value = valueAt(input, path);
  if (issue.code === 'invalid_union') {
    // Of several alternatives the one that the value resembles says best what is wrong with it.
    const nested = issue.errors.find((errors) =>
      errors.every((each) => each.path.length > 0 || each.code === 'unrecognized_keys'),
    );
    if (nested && nested.length > 0) return nested.flatMap((each) => problemsOf(schema, root, input, each, path));
  }
  if (issue.code === 'invalid_key') {
    const names = keySchema(schemaAt(schema, path.slice(0, -1)));
    return [problem(root, path, 'is not a valid name', names && metaOf(names).accepted)];
  }
  const accepted = metaOf(schemaAt(schema, path)).accepted;
  if (issue.code === 'custom' && issue.message !== 'Invalid input')
    return [problem(root, path, issue.message, accepted)];
  const message = value === undefined ? 'is missing' : `${shown(value)} is not valid`;
  return [problem(root, path, message, accepted ?? expectation(issue))];
}

function problem(root: string, keys: readonly PropertyKey[], message: string, accepted?: string): SchemaProblem {
  const issue: Issue = {
    path: issuePath(root, keys),
    message,
    ...(accepted !== undefined && { accepted }),
    severity: 'error',
  };
  return { keys, issue };
}

/** What zod itself expects, where the schema says nothing of its own. */
function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return issue.values.map(String).join(', ');
  if (issue.code === 'invalid_type') return EXPECTED[issue.expected] ?? issue.expected;
  return issue.message;
}

const EXPECTED: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a map',
  record: 'a map',
  string: 'text',
};

function schemaAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodType {
  return path.reduce((at, key) => childSchema(at, key) ?? at, schema);
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}

/** A value as a message shows it; what is large is only named. */
function shown(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

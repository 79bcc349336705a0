import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { CheckArgs, CheckResult, Value, Values } from '../../rpc/index.ts';
import { failures, isValues } from '../../rpc/index.ts';
import type { Attribute, Schema } from './attribute.ts';
import { given, items } from './complete.ts';

/**
 * Where the official plugins keep, among inputs, the names of those that they chose themselves. Kept as they do, so that
 * a stack can move from one to the other, and so that an automatic name is told from one that somebody gave.
 */
export const DEFAULTS = '__defaults';

/** How a resource is checked, besides its schema. */
export interface Checking {
  /** Longest automatic name, in characters; undefined: the name has to be given. */
  readonly autoName?: number;
  /** Whether checked inputs hold defaults; default yes. Otherwise only states do. */
  readonly notesDefaults?: boolean;
}

/**
 * The inputs with defaults and, where it may be automatic, a name (the one it has, where it has one); everything that is
 * wrong with them, all at once.
 */
export function checkInputs(
  schema: Schema,
  args: CheckArgs,
  { autoName, notesDefaults = true }: Checking = {},
): CheckResult {
  const inputs = notesDefaults ? withDefaults(schema, args.inputs) : strip(args.inputs);
  if (autoName !== undefined && inputs['name'] === undefined) {
    const chosen = [...items(inputs[DEFAULTS]), 'name'];
    return {
      inputs: { ...inputs, name: given(args.olds?.['name']) ?? newName(args, autoName), [DEFAULTS]: chosen },
      failures: failures(zodOf(schema), args.inputs),
    };
  }
  const named: Schema = autoName === undefined ? schema : { ...schema, name: { type: 'text' } };
  return { inputs, failures: failures(zodOf(named), strip(args.inputs)) };
}

/** Whether a name among checked inputs is an automatic one. */
export function isAutoNamed(inputs: Values): boolean {
  return items(inputs[DEFAULTS]).includes('name');
}

/** `<logical name>-<7 hexadecimal digits>`, the same in a preview and the `up` that follows it. */
function newName({ urn, seed }: CheckArgs, longest: number): string {
  const random = seed.length > 0 ? createHash('sha256').update(seed).digest() : randomBytes(4);
  const suffix = `-${random.toString('hex').slice(0, 7)}`;
  const logical = urn.split('::').slice(3).join('::');
  return `${logical.slice(0, longest - suffix.length)}${suffix}`;
}

function withDefaults(schema: Schema, inputs: Values): Values {
  const known: Record<string, Value> = {};
  const chosen: string[] = [];
  for (const [name, value] of Object.entries(strip(inputs))) {
    const attribute = schema[name];
    known[name] = attribute === undefined ? value : nested(attribute, value);
  }
  for (const [name, attribute] of Object.entries(schema)) {
    // What is off or 0 unless said is the same as not said.
    if (known[name] !== undefined || !attribute.default) continue;
    known[name] = attribute.default;
    chosen.push(name);
  }
  return { ...known, [DEFAULTS]: chosen };
}

function nested(attribute: Attribute, value: Value): Value {
  if (attribute.type === 'block') return isValues(value) ? withDefaults(attribute.of, value) : value;
  if (attribute.type !== 'block-set') return value;
  const { of } = attribute;
  return Array.isArray(value) ? items(value).map((item) => (isValues(item) ? withDefaults(of, item) : item)) : value;
}

/** Without what isn't there, and without the official plugins' own key. */
function strip(inputs: Values): Values {
  return Object.fromEntries(
    Object.entries(inputs).filter(([name, value]) => name !== DEFAULTS && given(value) !== undefined),
  );
}

/** What zod has to say about inputs of this schema. */
export function zodOf(schema: Schema): z.ZodType {
  return z.strictObject(
    Object.fromEntries(
      Object.entries(schema).map(([name, attribute]) => [
        name,
        attribute.required === true ? zodOfAttribute(attribute) : zodOfAttribute(attribute).nullish(),
      ]),
    ),
  );
}

function zodOfAttribute(attribute: Attribute): z.ZodType {
  switch (attribute.type) {
    case 'text':
      return refined(z.string(), attribute.accepts);
    case 'integer':
      return refined(z.int(), attribute.accepts);
    case 'flag':
      return refined(z.boolean(), attribute.accepts);
    case 'list':
    case 'set':
      return refined(z.array(z.string()), attribute.accepts);
    case 'map':
      return refined(z.record(z.string(), z.string()), attribute.accepts);
    case 'block':
      return zodOf(attribute.of);
    case 'block-set':
      return z.array(zodOf(attribute.of));
    default:
      return attribute satisfies never;
  }
}

function refined<T>(type: z.ZodType<T>, accepts: { what: string; test: (value: T) => boolean } | undefined): z.ZodType {
  return accepts === undefined ? type : type.refine(accepts.test, { error: `not accepted; accepted: ${accepts.what}` });
}

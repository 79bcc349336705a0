import type { Value, Values } from '../../rpc/index.ts';
import { isValues } from '../../rpc/index.ts';
import type { Attribute, CompleteInputs, Schema } from './attribute.ts';

/**
 * `values` with nothing missing: what is left out stands as its default, or as empty, which to the engine's API is the
 * same as not set. Sets are sorted. Keys that the schema doesn't have are dropped; `values` must hold no unknowns.
 */
export function complete<S extends Schema>(schema: S, values: Values): CompleteInputs<S> {
  return completeValues(schema, values) as unknown as CompleteInputs<S>;
}

function completeValues(schema: Schema, values: Values): Values {
  const known: Record<string, Value> = {};
  for (const [name, attribute] of Object.entries(schema)) {
    const value = completeValue(attribute, given(values[name]));
    if (value !== undefined) known[name] = value;
  }
  return known;
}

/** A value in full; undefined only for a block that isn't there. */
export function completeValue(attribute: Attribute, value: Value | undefined): Value | undefined {
  switch (attribute.type) {
    case 'text':
      return value ?? attribute.default ?? '';
    case 'integer':
      return value ?? attribute.default ?? 0;
    case 'flag':
      return value ?? attribute.default ?? false;
    case 'list':
      return value ?? attribute.default ?? [];
    case 'set':
      return sorted(items(value ?? attribute.default));
    case 'map':
      return value ?? attribute.default ?? {};
    case 'block':
      return isValues(value) ? completeValues(attribute.of, value) : undefined;
    case 'block-set':
      return sorted(items(value).map((item) => completeItem(attribute.of, item)));
    default:
      return attribute satisfies never;
  }
}

function completeItem(schema: Schema, item: Value): Value {
  return completeValues(schema, isValues(item) ? item : {});
}

/** To Pulumi a null property is one that is not there. */
export function given(value: Value | undefined): Value | undefined {
  return value ?? undefined;
}

/** The items of a list; none where there is no list. */
export function items(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? (value as readonly Value[]) : [];
}

/** In an order that doesn't depend on how they were written. */
function sorted(values: readonly Value[]): readonly Value[] {
  const keyed = values.map((value): { value: Value; key: string } => ({ value, key: canonical(value) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ value }) => value);
}

/** A text that is equal for equal values, whatever the order of their keys. */
export function canonical(value: Value | undefined): string {
  if (!isValues(value)) return Array.isArray(value) ? `[${items(value).map(canonical).join()}]` : JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join()}}`;
}

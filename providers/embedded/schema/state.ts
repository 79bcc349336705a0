import type { Value, Values } from '../../rpc/index.ts';
import { hasUnknowns, UNKNOWN } from '../../rpc/index.ts';
import type { Attribute, Schema } from './attribute.ts';
import { completeValue, given } from './complete.ts';

/**
 * The state that inputs alone decide. What the engine chooses is as it was in `before`; without that it is unknown in a
 * preview, and otherwise empty until it has been read.
 */
export function stateOf(schema: Schema, inputs: Values, before: Values | undefined, preview = false): Values {
  return Object.fromEntries(
    Object.entries(schema).map(([name, attribute]) => {
      const value = given(inputs[name]);
      if (value !== undefined) return [name, hasUnknowns(value) ? UNKNOWN : kept(attribute, value)];
      if (attribute.computed !== true) return [name, attribute.default ?? empty(attribute)];
      return [name, before?.[name] ?? (preview ? UNKNOWN : empty(attribute))];
    }),
  );
}

function kept(attribute: Attribute, value: Value): Value {
  if (attribute.type === 'block' && attribute.keptAsGiven === true) return value;
  return completeValue(attribute, value) ?? null;
}

/** Outputs that only the engine knows: as they were, or unknown. */
export function unknownOutputs(names: readonly string[], before?: Values): Values {
  return Object.fromEntries(names.map((name) => [name, before?.[name] ?? UNKNOWN]));
}

function empty(attribute: Attribute): Value {
  return attribute.type === 'block-set' || (attribute.type === 'set' && attribute.computed === true) ? [] : null;
}

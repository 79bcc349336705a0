import { z } from 'zod';

/** A schema without what only wraps it: optional, default, transforms. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return unwrap(schema.unwrap());
  }
  return schema instanceof z.ZodPipe ? unwrap(schema.in) : schema;
}

/** The schemas that a value may match: the options of a union, or the schema itself. */
export function alternatives(schema: z.core.$ZodType): z.core.$ZodType[] {
  const inner = unwrap(schema);
  return inner instanceof z.ZodUnion ? inner.options.flatMap((option) => alternatives(option)) : [inner];
}

/** The schema of what `key` holds; undefined if the schema has no such key. */
export function childSchema(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType | undefined {
  for (const option of alternatives(schema)) {
    if (option instanceof z.ZodObject && Object.hasOwn(option.shape, key)) {
      return (option.shape as Record<PropertyKey, z.core.$ZodType>)[key];
    }
    if (option instanceof z.ZodRecord) return option.valueType;
    if (option instanceof z.ZodArray) return option.element;
  }
  return undefined;
}

/** Keys that a map of this schema may have; empty if any. */
export function knownKeys(schema: z.core.$ZodType): string[] {
  return alternatives(schema).flatMap((option) => (option instanceof z.ZodObject ? Object.keys(option.shape) : []));
}

/** The schema of a map's own keys; undefined if it has fixed ones. */
export function keySchema(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  return alternatives(schema).find((option) => option instanceof z.ZodRecord)?.keyType;
}

/** What a schema says of itself, at whichever layer it was said; the outermost wins. */
export function metaOf(schema: z.core.$ZodType): z.GlobalMeta {
  const own = z.globalRegistry.get(schema) ?? {};
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return { ...metaOf(schema.unwrap()), ...own };
  }
  return schema instanceof z.ZodPipe ? { ...metaOf(schema.in), ...own } : own;
}

/** The default of a schema, as it would be written; undefined if it has none. */
export function defaultOf(schema: z.core.$ZodType): unknown {
  if (schema instanceof z.ZodDefault) return schema.def.defaultValue;
  return schema instanceof z.ZodOptional ? defaultOf(schema.unwrap()) : undefined;
}

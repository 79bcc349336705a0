import type { z } from 'zod';
import type { Failure } from './check.ts';
import { failures } from './check.ts';
import type { Value, Values } from './values.ts';

/** What Pulumi itself keeps among a provider's configuration. */
const PULUMI_KEYS = new Set(['version', 'pluginDownloadURL', 'pluginChecksums', 'parameterization', '__internal']);

/** A provider's configuration without what belongs to Pulumi. */
export function ownConfig(config: Values): Values {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !PULUMI_KEYS.has(key)));
}

/** Everything that is wrong with a provider's configuration. */
export function configFailures(schema: z.ZodType, config: Values): Failure[] {
  return failures(schema, decoded(schema, ownConfig(config)));
}

/** The configuration as `schema` gives it. @throws when it isn't accepted, with all failures */
export function parseConfig(schema: z.ZodType, config: Values): unknown {
  const known = decoded(schema, ownConfig(config));
  const wrong = failures(schema, known);
  if (wrong.length > 0) throw new Error(wrong.map(({ property, reason }) => `${property}: ${reason}`).join('\n'));
  return schema.parse(known);
}

/** SDKs send everything that isn't text as JSON text; which of the texts are JSON, only the schema knows. */
function decoded(schema: z.ZodType, config: Values): Values {
  const wrong = new Set(schema.safeParse(config).error?.issues.map(({ path: [key] }) => key));
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, wrong.has(key) ? parseJson(value) : value]),
  );
}

function parseJson(value: Value): Value {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as Value;
  } catch {
    return value; // Not JSON: the schema has the last word on it.
  }
}

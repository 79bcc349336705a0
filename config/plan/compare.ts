import type { Plan } from './types.ts';

/** One field that two plans differ in. */
export interface PlanDifference {
  /** Where: `services.api.limits.memory`. */
  readonly path: string;
  /** As JSON has it; absent: it is not there. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What differs by the name of the stack, or of its environment, alone. */
const IDENTITY = new Set(['stack', 'environment', 'prefix']);

/** Field by field, what differs between two plans, sorted as the second one has it. Pure. */
export function comparePlans(before: Plan, after: Plan): PlanDifference[] {
  const [old, current] = [fieldsOf(before), fieldsOf(after)];
  return [...new Set([...current.keys(), ...old.keys()])]
    .filter((path) => !IDENTITY.has(path) && old.get(path) !== current.get(path))
    .map((path) => ({ path, before: parsed(old.get(path)), after: parsed(current.get(path)) }));
}

function parsed(field: string | undefined): unknown {
  return field === undefined ? undefined : (JSON.parse(field) as unknown);
}

/** Every field by its path, as JSON. Lists of things with names are walked by these; other lists are one field each. */
function fieldsOf(plan: Plan): Map<string, string> {
  const fields = new Map<string, string>();
  const walk = (value: unknown, path: readonly string[]): void => {
    const children = childrenOf(value);
    if (children) for (const [key, child] of children) walk(child, [...path, key]);
    else if (value !== undefined) fields.set(path.join('.'), JSON.stringify(value));
  };
  walk(plan, []);
  return fields;
}

function childrenOf(value: unknown): [string, unknown][] | undefined {
  if (Array.isArray(value)) {
    const named = value.map((item: unknown): [string | undefined, unknown] => [nameOf(item), item]);
    const isNamed = named.length > 0 && named.every(([name]) => name !== undefined);
    return isNamed ? (named as [string, unknown][]) : undefined;
  }
  return typeof value === 'object' && value !== null ? Object.entries(value) : undefined;
}

/** What a thing in a list is told from the others by. */
function nameOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { name, service, network, path, volume } = item as Record<string, unknown>;
  return [name, service, network, path, volume].find((key) => typeof key === 'string');
}

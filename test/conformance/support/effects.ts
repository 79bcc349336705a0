import type { Step } from './stack.ts';
import { logicalName } from './stack.ts';

/** What an edit does to a resource. */
export type Effect = 'same' | 'update' | 'replace, old one first' | 'replace, new one first' | 'create' | 'delete';

/** What is going to happen to each resource, by logical name. */
export function effects(steps: readonly Step[]): ReadonlyMap<string, Effect> {
  const byName = Map.groupBy(steps, ({ urn }) => logicalName(urn));
  return new Map([...byName].map(([name, own]) => [name, effect(own.map(({ op }) => op))]));
}

function effect(ops: readonly string[]): Effect {
  const [made, deleted] = [ops.indexOf('create-replacement'), ops.indexOf('delete-replaced')];
  if (made >= 0) return deleted >= 0 && deleted < made ? 'replace, old one first' : 'replace, new one first';
  const [op = ''] = ops;
  if (op === 'same' || op === 'update' || op === 'create' || op === 'delete') return op;
  throw new Error(`no effect is known for the steps ${ops.join(', ')}`);
}

/** The names of everything that would change. */
export function changing(steps: readonly Step[]): string[] {
  return [...effects(steps)].flatMap(([name, what]) => (what === 'same' ? [] : [`${name}: ${what}`]));
}

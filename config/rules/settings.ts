import type { Issue } from '../plan/types.ts';
import { Settings } from '../schema/settings.ts';
import type { RawSettings } from '../settings.ts';
import { schemaProblems } from './schema-issues.ts';

/**
 * Reads a stack's configuration. What is wrong is reported and left out, so that one run finds what else is wrong too.
 */
export function parseSettings({ values, encrypted = [] }: RawSettings): { settings: Settings; issues: Issue[] } {
  let input: unknown = Object.fromEntries(Object.entries(values).filter(([key]) => !encrypted.includes(key)));
  const issues = encrypted.map(misplacedSecret);
  for (;;) {
    const parsed = Settings.safeParse(input);
    if (parsed.success) return { settings: parsed.data, issues };
    const problems = schemaProblems(Settings, 'slipway', input, parsed.error.issues);
    issues.push(...problems.map(({ issue }) => issue));
    // The last first: what is taken from a list moves what comes after it.
    const smaller = problems.reduceRight<unknown>((tree, { keys }) => without(tree, present(tree, keys)), input);
    // Nothing was left to take away: go on with a configuration of nothing.
    input = JSON.stringify(smaller) === JSON.stringify(input) ? {} : smaller;
  }
}

/** What a setting holds ends in plans, labels and variables that anybody may read. */
function misplacedSecret(key: string): Issue {
  return {
    path: `slipway:${key}`,
    message: 'holds a secret, and settings can be read by whoever may inspect a container',
    accepted: 'a value in clear here, and secrets in their own namespace: `pulumi config set --secret secrets:NAME`',
    severity: 'error',
  };
}

/** The keys as far as they lead to something; of what is missing, what holds it. */
function present(tree: unknown, keys: readonly PropertyKey[]): readonly PropertyKey[] {
  const last = keys.at(-1);
  const parent = keys
    .slice(0, -1)
    .reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], tree);
  const exists = typeof parent === 'object' && parent !== null && last !== undefined && Object.hasOwn(parent, last);
  return exists ? keys : keys.slice(0, -1);
}

/** A copy of the tree without what stands at `keys`. */
function without(tree: unknown, keys: readonly PropertyKey[]): unknown {
  const [key, ...rest] = keys;
  if (key === undefined || typeof tree !== 'object' || tree === null) return tree;
  if (Array.isArray(tree)) {
    const list: unknown[] = tree;
    return rest.length > 0
      ? list.map((item, index) => (index === key ? without(item, rest) : item))
      : list.filter((_, index) => index !== key);
  }
  return Object.fromEntries(
    Object.entries(tree).flatMap(([name, value]): [string, unknown][] =>
      name !== key ? [[name, value]] : rest.length > 0 ? [[name, without(value, rest)]] : [],
    ),
  );
}

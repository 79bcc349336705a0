import type { Change, DiffArgs, DiffResult, Value } from '../../rpc/index.ts';
import { diffValues, hasUnknowns, isValues } from '../../rpc/index.ts';
import type { Attribute, Schema } from './attribute.ts';
import { DEFAULTS, isAutoNamed } from './check.ts';
import { canonical, completeValue, given, items } from './complete.ts';

/** What an edit of one attribute does. */
type Effect = 'none' | 'update' | 'replace';

/** How a resource is replaced. */
export interface Replacement {
  /** Whether the old one is deleted first, whatever the name. */
  readonly deleteFirst?: boolean;
  /** Whether a name can be automatic; one that was given would be taken, so the old one is deleted first. */
  readonly autoNamed?: boolean;
}

/**
 * What has to be done so that what was last read from the engine (the state) becomes what the inputs say. Left out means
 * empty, or, where the engine chooses, as it is.
 */
export function diffInputs(
  schema: Schema,
  args: DiffArgs,
  { deleteFirst = false, autoNamed = false }: Replacement = {},
): DiffResult {
  const { olds, news, state } = args;
  const changes = Object.entries(schema).flatMap(([name, attribute]): Change[] => {
    const effect = effectOf(attribute, state[name], given(news[name]));
    if (effect === 'none') return [];
    const replace = effect === 'replace';
    // As the user wrote it, value by value; where it is written as before, the engine has something else.
    const written = diffValues(shown(name, olds[name]), shown(name, news[name])).map((edit) => ({ ...edit, replace }));
    return written.length > 0 ? written : [{ path: [name], kind: 'update', replace, inputDiff: false }];
  });
  const named = news['name'] !== undefined && news[DEFAULTS] !== undefined && !isAutoNamed(news);
  // What is replaced only because the program says so (replaceOnChanges) is so in the program's order.
  const isReplaced = changes.some(({ replace }) => replace);
  return { changes, deleteBeforeReplace: isReplaced && (deleteFirst || (autoNamed && named)) };
}

/** Without the keys that are not the user's. */
function shown(name: string, value: Value | undefined): Record<string, Value> {
  const known = withoutDefaults(given(value));
  return known === undefined ? {} : { [name]: known };
}

function withoutDefaults(value: Value | undefined): Value | undefined {
  if (Array.isArray(value)) return items(value).map((item) => withoutDefaults(item) ?? null);
  if (!isValues(value)) return value;
  const entries = Object.entries(value).filter(([key]) => key !== DEFAULTS);
  return Object.fromEntries(entries.map(([key, below]) => [key, withoutDefaults(below) ?? null]));
}

/** What becomes of an attribute that is `before` in the state and is to be `after`. */
export function effectOf(attribute: Attribute, before: Value | undefined, after: Value | undefined): Effect {
  if (after === undefined && attribute.computed === true) {
    // A list that was never read, since the resource was only half made: as the official plugins have it, that counts.
    return attribute.type === 'list' && given(before) === undefined ? effectOfChange(attribute) : 'none';
  }
  if (!hasUnknowns(after) && isSame(attribute, given(before), after)) return 'none';
  const effect = effectOfChange(attribute);
  if (effect === 'replace') return effect;
  const counted = attribute.replace === 'count' && items(before).length !== items(after).length;
  return counted || nestedReplace(attribute, before, after) ? 'replace' : 'update';
}

function effectOfChange({ replace }: Attribute): Effect {
  return replace === 'always' ? 'replace' : 'update';
}

function isSame(attribute: Attribute, before: Value | undefined, after: Value | undefined): boolean {
  if (attribute.emptyMeansAny === true && (after === undefined || after === '')) return true;
  if (attribute.type === 'block' && isValues(before) && isValues(after)) return sameBlock(attribute.of, before, after);
  if (attribute.type === 'block-set') return samePairs(attribute.of, items(before), items(after));
  return canonical(completeValue(attribute, before)) === canonical(completeValue(attribute, after));
}

/** Whether each of `news` has one of `olds` of its own that it doesn't differ from, and none is left over. */
function samePairs(schema: Schema, olds: readonly Value[], news: readonly Value[]): boolean {
  const left = [...olds];
  const paired = news.every((item) => {
    const at = left.findIndex((old) => sameBlock(schema, old, item));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
  return paired && left.length === 0;
}

function sameBlock(schema: Schema, before: Value, after: Value): boolean {
  const [old, wanted] = [isValues(before) ? before : {}, isValues(after) ? after : {}];
  return Object.entries(schema).every(
    ([name, attribute]) => effectOf(attribute, old[name], given(wanted[name])) === 'none',
  );
}

/** In a set an element that differs is another element, so whatever of it needs a replacement brings one. */
function nestedReplace(attribute: Attribute, before: Value | undefined, after: Value | undefined): boolean {
  if (attribute.type !== 'block-set') return false;
  const replacing = Object.entries(attribute.of).filter(([, { replace }]) => replace !== undefined);
  const known = new Set(items(completeValue(attribute, before)).map(canonical));
  const other = items(completeValue(attribute, after)).filter((item) => !known.has(canonical(item)));
  return other.some((item) => isValues(item) && replacing.some(([name]) => given(item[name]) !== undefined));
}

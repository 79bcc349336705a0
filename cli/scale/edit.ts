import { isDeepStrictEqual } from 'node:util';
import { isAlias, isCollection, isMap, isPair, isScalar, parse, parseDocument, type YAMLMap } from 'yaml';
import { parseValue } from '../../config/settings.ts';

/** Numbers of replicas can't be written into a configuration file without changing something else too. */
export class EditError extends Error {
  override name = 'EditError';
}

/** Service → number of replicas. */
export type Replicas = ReadonlyMap<string, number>;

const SERVICES = 'slipway:services';

/**
 * A stack's configuration file with other numbers of replicas. All else stays as it is, byte for byte: comments, order,
 * quotes. Pure.
 * @throws EditError where that can't be done, such as for an alias
 */
export function writeReplicas(text: string, replicas: Replicas): string {
  if (replicas.size === 0) return text;
  let edited = text;
  for (const [service, number] of replicas) {
    edited = setNumber(edited, ['config', SERVICES, service, 'replicas'], number);
  }
  if (!isAsMeant(edited, withReplicas(contentOf(text), replicas))) {
    throw new EditError('the replicas stand where other settings refer to them');
  }
  return edited;
}

function isAsMeant(text: string, content: Tree): boolean {
  try {
    return isDeepStrictEqual(contentOf(text), content);
  } catch {
    return false; // It is YAML no more.
  }
}

type Tree = Readonly<Record<string, unknown>>;

/** What a file means: Pulumi writes a map that is given on the command line as JSON in a text. */
function contentOf(text: string): Tree {
  const content = treeOf(parse(text));
  const config = treeOf(content['config']);
  const services = config[SERVICES];
  return {
    ...content,
    config: { ...config, [SERVICES]: typeof services === 'string' ? parseValue(services) : services },
  };
}

function withReplicas(content: Tree, replicas: Replicas): Tree {
  const config = treeOf(content['config']);
  return { ...content, config: { ...config, [SERVICES]: servicesWith(config[SERVICES], replicas) } };
}

/** The settings of services with other numbers of replicas. */
export function servicesWith(settings: unknown, replicas: Replicas): Tree {
  const services = treeOf(settings);
  const changed = [...replicas].map(
    ([name, number]) => [name, { ...treeOf(services[name]), replicas: number }] as const,
  );
  return { ...services, ...Object.fromEntries(changed) };
}

/** A map; anything else (nothing, say) is an empty one. */
function treeOf(value: unknown): Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : {};
}

/** Writes one number, at the place of an old one or where its path ends. */
function setNumber(text: string, path: readonly string[], number: number): string {
  let node: unknown = parseDocument(text).contents;
  let depth = 0;
  while (depth < path.length && isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && key.value === path[depth]);
    if (pair === undefined) return insert(text, node, path.slice(depth), number);
    node = pair.value;
    depth++;
  }
  const rest = path.slice(depth);
  if (node === null) return append(text, blockLines(rest, number));
  if (!isScalar(node) || !node.range) throw new EditError(`${nameOf(path.slice(0, depth))} is ${kindOf(node)}`);
  const [start, end] = node.range;
  if (rest.length > 0 && node.value !== null) {
    return replace(text, [start, end], jsonWith(node.value, path.slice(0, depth), rest, number));
  }
  if (start < end) return replace(text, [start, end], flowText(rest, number));
  // Nothing is written there, or a comment only.
  const colon = text.slice(0, start).trimEnd().length;
  return replace(text, [colon, colon], ` ${flowText(rest, number)}`);
}

/** A map as JSON in a text, with one number more. */
function jsonWith(value: unknown, path: readonly string[], rest: readonly string[], number: number): string {
  const content = typeof value === 'string' ? parseValue(value) : value;
  const [service, ...more] = rest;
  if (typeof content !== 'object' || service === undefined || more.length !== 1) {
    throw new EditError(`${nameOf(path)} is no map`);
  }
  const json = JSON.stringify(servicesWith(content, new Map([[service, number]])));
  return `'${json.replaceAll("'", "''")}'`;
}

/** Adds what a map lacks: first in a flow map, which may go on over several lines, last in a block. */
function insert(text: string, map: YAMLMap, rest: readonly string[], number: number): string {
  const [start, end] = map.range ?? [0, 0];
  if (map.flow === true) {
    const entry = entryText(rest, number);
    if (map.items.length === 0) return replace(text, [start, end], `{ ${entry} }`);
    return replace(text, [start + 1, start + 1], /^\{\s/.test(text.slice(start)) ? ` ${entry},` : `${entry}, `);
  }
  const key = rangeOf(map.items[0]?.key)?.[0] ?? start;
  const column = key - (text.lastIndexOf('\n', key - 1) + 1);
  const lines = blockLines(rest, number).map((line) => `${' '.repeat(column)}${line}`);
  const last = contentEnd(map);
  const newline = text[last - 1] === '\n' ? last - 1 : text.indexOf('\n', last);
  if (newline < 0) return append(text, lines);
  return replace(text, [newline + 1, newline + 1], lines.map((line) => `${line}${eolOf(text)}`).join(''));
}

/** Where the last thing that is written in a node ends: comments after it and blank lines are left out. */
function contentEnd(node: unknown): number {
  if (isCollection(node) && node.flow !== true) {
    const last: unknown = node.items.at(-1);
    if (!isPair(last)) return contentEnd(last);
    const [start, end] = rangeOf(last.value) ?? [0, 0];
    return start === end && !isCollection(last.value) ? Math.max(end, contentEnd(last.key)) : contentEnd(last.value);
  }
  return rangeOf(node)?.[1] ?? 0;
}

function rangeOf(node: unknown): readonly [number, number, number] | undefined {
  const isNode = isScalar(node) || isCollection(node) || isAlias(node);
  return isNode ? (node.range ?? undefined) : undefined;
}

/** `worker: { replicas: 3 }` */
function entryText([key = '', ...rest]: readonly string[], number: number): string {
  return `${key}: ${flowText(rest, number)}`;
}

/** `{ worker: { replicas: 3 } }`; without a path, the number alone. */
function flowText(path: readonly string[], number: number): string {
  return path.length === 0 ? String(number) : `{ ${entryText(path, number)} }`;
}

/** `worker:`, and below it, two blanks further in, `replicas: 3`. */
function blockLines(path: readonly string[], number: number): string[] {
  return path.map((key, index) => `${'  '.repeat(index)}${key}:${index === path.length - 1 ? ` ${number}` : ''}`);
}

function append(text: string, lines: readonly string[]): string {
  const eol = eolOf(text);
  return `${text}${text === '' || text.endsWith('\n') ? '' : eol}${lines.join(eol)}${eol}`;
}

function replace(text: string, [start, end]: readonly [number, number], by: string): string {
  return `${text.slice(0, start)}${by}${text.slice(end)}`;
}

function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function kindOf(node: unknown): string {
  return isAlias(node) ? 'an alias of other settings' : 'no map';
}

/** A path as issues show it. */
function nameOf(path: readonly string[]): string {
  return path.length === 1 ? (path[0] ?? '') : path.slice(1).join('.');
}

import { posix } from 'node:path';

/** What the patterns say of one path. */
export interface Verdict {
  /** True if it is left out of the build context. */
  readonly isLeftOut: boolean;
  /** The patterns that hold for it, in their order: they hold for everything below too. */
  readonly matched: readonly boolean[];
}

/** What a .dockerignore file leaves out of a build context; paths are relative, with `/`. */
export interface Ignore {
  /** Judges a path; `parent` is the verdict on the folder that it lies in, unless that is the context itself. */
  readonly judge: (path: string, parent?: Verdict) => Verdict;
  /** Whether something in a folder that is left out may be in again, so that it has to be looked at. */
  readonly mayReturn: (folder: string) => boolean;
}

interface Pattern {
  readonly text: string;
  readonly isException: boolean;
  readonly matches: (path: string) => boolean;
}

/**
 * Reads a .dockerignore file as BuildKit does: one pattern a line, `*`, `?`, `[…]`, `**`; a pattern holds for everything
 * below what it matches; `!` brings back; the last pattern that matches decides.
 * @throws Error for what BuildKit takes for no pattern: it would not build
 */
export function parseIgnore(content: string): Ignore {
  const patterns = content
    .replace(/^\uFEFF/, '')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(parsePattern);
  return {
    judge: (path, parent) => judge(patterns, path, parent?.matched),
    mayReturn: (folder) => mayReturn(patterns, folder),
  };
}

/** A pattern that would not change the verdict so far is passed over, below too: one of BuildKit's own finer points. */
function judge(patterns: readonly Pattern[], path: string, parent: readonly boolean[] | undefined): Verdict {
  let isLeftOut = false;
  const matched = patterns.map((pattern, at) => {
    const holds = parent?.[at] === true || (pattern.isException === isLeftOut && pattern.matches(path));
    if (holds) isLeftOut = !pattern.isException;
    return holds;
  });
  return { isLeftOut, matched };
}

function mayReturn(patterns: readonly Pattern[], folder: string): boolean {
  const exceptions = patterns.filter(({ isException }) => isException).map(({ text }) => withoutLastGlob(text));
  return (
    exceptions.some((text) => /[*[\]?^\\]/.test(text)) || exceptions.some((text) => `${text}/`.startsWith(`${folder}/`))
  );
}

function withoutLastGlob(text: string): string {
  return text.replace(/\/\*\*$/, '').replace(/\/\*$/, '');
}

function parsePattern(line: string): Pattern {
  const isException = line.startsWith('!');
  const written = isException ? line.slice(1).trim() : line;
  const text = clean(written);
  if (isException && ['', '/'].includes(text)) throw new Error('.dockerignore: "!" is followed by no pattern');
  return { text, isException, matches: matcher(text, line) };
}

/** The shortest way to write a path; one from the root is one from the context. */
function clean(path: string): string {
  if (path === '') return path;
  const normal = posix.normalize(path);
  const shortest = normal.length > 1 ? normal.replace(/\/$/, '') : normal;
  return shortest.length > 1 ? shortest.replace(/^\//, '') : shortest;
}

/** What begins with `**` and holds nothing else of the kind is compared with the end of a path, slash or not. */
function matcher(text: string, line: string): Pattern['matches'] {
  const end = /^\*\*([^*?[\]\\]*)$/.exec(text)?.[1];
  if (end !== undefined) return (path) => path.endsWith(end) || `/${path}` === end;
  if (!/[*?[\]\\]/.test(text)) return (path) => path === text;
  const expression = compiled(text, line);
  return (path) => expression.test(path);
}

function compiled(text: string, line: string): RegExp {
  try {
    return new RegExp(`^${expressionOf(text)}$`, 'u');
  } catch (cause) {
    throw new Error(`.dockerignore: "${line}" is no pattern`, { cause });
  }
}

const TOKEN = /\*\*\/?|\\[^]|\[\^?(?:\\[^]|[^\]\\])+\]|[^]/gu;

function expressionOf(text: string): string {
  const tokens = text.match(TOKEN) ?? [];
  return tokens
    .map((token, at) => {
      if (token.startsWith('**')) return at === tokens.length - 1 ? '.*' : '(?:.*/)?';
      if (token === '*') return '[^/]*';
      if (token === '?') return '[^/]';
      if (token === '[' || token === '\\') throw new SyntaxError(`"${token}" has no end`);
      if (token.startsWith('[')) return classOf(token);
      return literal(token.startsWith('\\') ? token.slice(1) : token);
    })
    .join('');
}

/** `[a-c\]]`: ranges stay, everything else means itself. */
function classOf(token: string): string {
  const isNegated = token.startsWith('[^');
  const members = token.slice(isNegated ? 2 : 1, -1).match(/\\[^]|[^]/gu) ?? [];
  const inside = members.map((member) => (member === '-' ? '-' : literal(member.replace(/^\\/, '') || '\\')));
  return `[${isNegated ? '^' : ''}${inside.join('')}]`;
}

function literal(char: string): string {
  return /^[\w ]$/.test(char) ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Whether a path (relative, with `/`) is left out of a build context. */
export interface Ignore {
  (path: string): boolean;
  /** Whether something below a path that is left out may be in again, so that it has to be looked at. */
  readonly hasExceptions: boolean;
}

interface Pattern {
  readonly expression: RegExp;
  readonly isException: boolean;
}

/**
 * Reads a .dockerignore file as Docker does: one pattern a line, `*`, `?`, `[…]`, `**`; a pattern holds for everything
 * below what it matches; `!` brings back; the last pattern that matches decides.
 */
export function parseIgnore(content: string): Ignore {
  const patterns = content
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parsePattern)
    .filter((pattern) => pattern !== undefined);
  const isIgnored = (path: string) => {
    const prefixes = path.split('/').map((_, at, parts) => parts.slice(0, at + 1).join('/'));
    const last = patterns.findLast(({ expression }) => prefixes.some((prefix) => expression.test(prefix)));
    return last !== undefined && !last.isException;
  };
  return Object.assign(isIgnored, { hasExceptions: patterns.some(({ isException }) => isException) });
}

function parsePattern(line: string): Pattern | undefined {
  const isException = line.startsWith('!');
  const parts: string[] = [];
  for (const part of (isException ? line.slice(1).trim() : line).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.length === 0 ? undefined : { expression: toExpression(parts.join('/')), isException };
}

function toExpression(pattern: string): RegExp {
  const tokens = pattern.match(/\*\*\/?|\\.|\[[^\]]+\]|[^]/g) ?? [];
  const source = tokens.map((token) => {
    if (token === '**/') return '(?:.*/)?';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.length > 1 && token.startsWith('[')) return token;
    return (token.startsWith('\\') ? token.slice(1) : token).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
  return new RegExp(`^${source.join('')}$`);
}

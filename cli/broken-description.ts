import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** Where descriptions lie in a checkout. */
const FOLDER = join('config', 'systems');

/**
 * What to say of a description that Node can't load: broken syntax, an import of what is not there, an exception while it is
 * evaluated. Node stops at the first of them.
 *
 * @param error what the command ended with
 * @param projectDir the checkout
 * @returns the problem, with file and line as its path; undefined: it is about something else
 */
export function brokenDescription(error: unknown, projectDir: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const place = shown(error) ?? importer(error) ?? thrower(error);
  const file = place && relative(projectDir, place.file);
  if (!file?.startsWith(`${FOLDER}/`)) return undefined;
  const { message } = error;
  const where = place?.line === undefined ? file : `${file}:${place.line}`;
  // Where the importer is has been said, and paths are those of the checkout.
  const what = message.replace(/ imported from \S+$/, '').replaceAll(`${projectDir}/`, '');
  const excerpt = place?.excerpt === undefined ? '' : `\n${place.excerpt}`;
  return `a description can't be loaded; nothing was touched.\nerror: ${where}: ${what}${excerpt}`;
}

interface Place {
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  /** The lines around it, with a mark below what is wrong. */
  readonly excerpt?: string;
}

/** What the parser and the linker write above the stack: file, line, and the lines around it. */
function shown({ name, stack = '' }: Error): Place | undefined {
  if (name !== 'SyntaxError') return undefined;
  const found = /^(?:file:\/\/)?(\/.+):(\d+)\n([\s\S]*?)\n+SyntaxError\b/.exec(stack);
  return found ? { file: decodeURI(found[1] ?? ''), line: Number(found[2]), excerpt: found[3] ?? '' } : undefined;
}

/** Who imports a module that is not there: Node says the file alone. */
function importer(error: Error): Place | undefined {
  if (!('code' in error) || error.code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  const [, missing = '', file = ''] = /'(.+)' imported from (\S+)$/.exec(error.message) ?? [];
  if (file === '') return undefined;
  const isAsked = (line: string): boolean => {
    const [, specifier] = /(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/.exec(line) ?? [];
    return specifier !== undefined && (specifier === missing || resolve(dirname(file), specifier) === missing);
  };
  const lines = readFileSync(file, 'utf8').split('\n');
  const at = lines.findIndex(isAsked);
  return at === -1 ? { file } : { file, line: at + 1, excerpt: lines[at] ?? '' };
}

/** The description that was being evaluated when something threw; what is thrown later is no matter of loading. */
function thrower({ stack = '' }: Error): Place | undefined {
  if (!/^ +at (?:async )?ModuleJob\.run /m.test(stack)) return undefined;
  const frames = [...stack.matchAll(/^ +at .*?file:\/\/(\/.+):(\d+):\d+\)?$/gm)];
  const found = frames.find(([, file = '']) => file.includes(`/${FOLDER}/`));
  if (!found) return undefined;
  const [file, line] = [decodeURI(found[1] ?? ''), Number(found[2])];
  return { file, line, excerpt: readFileSync(file, 'utf8').split('\n')[line - 1] ?? '' };
}

import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { parseDuration } from './duration.ts';

/** What may come as a file: NAME_FILE holds the path of a file with the value. Other files are read by who needs them. */
const SECRET_FILE = /^(.*(?:_URL|_PASSWORD|_SECRET|_KEY|_TOKEN))_FILE$/;

/** The configuration cannot be used; `problems` names every variable that is wrong and what it should be. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`configuration: ${problems.join('; ')}`);
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The variables with those given as files read in; an empty one counts as absent. */
function readVariables(env: Variables, problems: string[]): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && value !== '') variables[name] = value;
  }
  for (const [variable, path] of Object.entries(variables)) {
    const name = SECRET_FILE.exec(variable)?.[1];
    if (name === undefined) continue;
    if (variables[name] !== undefined) {
      problems.push(`${name} and ${name}_FILE are both set: give one of them`);
      continue;
    }
    try {
      const value = readFileSync(path, 'utf8').replace(/\n$/, '');
      if (value === '') problems.push(`${name}_FILE: ${path} is empty`);
      else variables[name] = value;
    } catch (error) {
      problems.push(`${name}_FILE: cannot read ${path} (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
    }
  }
  return variables;
}

/**
 * Reads what `schema` asks for from the environment and from files.
 * @throws ConfigurationError with every problem at once; values never stand in it
 */
export function readEnvironment<T>(schema: z.ZodType<T>, env: Variables): T {
  const problems: string[] = [];
  const parsed = schema.safeParse(readVariables(env, problems));
  if (parsed.success && problems.length === 0) return parsed.data;
  const unread = problems.map((problem) => problem.split(/[ _:]FILE|[ :]/)[0]);
  for (const issue of parsed.error?.issues ?? []) {
    const name = issue.path.join('.');
    // A variable whose file could not be read has been named already.
    if (!unread.includes(name)) problems.push(`${name} ${issue.message}`);
  }
  throw new ConfigurationError(problems);
}

/** A variable that must be given. */
export const text = z.string('must be set');

/** A whole number of at least one. */
export const count = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be a whole number of at least 1')
  .transform(Number);

/** A TCP port. */
export const port = count.refine((value) => value <= 65_535, 'must be a port between 1 and 65535');

/** A length of time, in milliseconds once parsed. */
export const duration = z.string().transform((value, context) => {
  const milliseconds = parseDuration(value);
  if (milliseconds !== undefined && milliseconds > 0) return milliseconds;
  context.addIssue({ code: 'custom', message: 'must be a duration such as 500ms, 30s or 5m' });
  return z.NEVER;
});

/** Where a gRPC service listens. */
export const address = text.regex(/^[^\s:/]+:\d{1,5}$/, 'must be host:port');

import type { Paint } from '../context.ts';
import { stackOption } from '../output/format.ts';
import type { Problem, Progress } from '../progress/progress.ts';
import type { Row } from '../progress/rows.ts';

/** Where a run that failed has left things. */
export interface Failed {
  readonly progress: Progress;
  readonly rows: readonly Row[];
  /** Address of the Docker host. */
  readonly host: string;
  readonly stack: string;
}

/** What a person needs to know of a run that failed: each cause once, what stands, and what to do. */
export function failureText(
  { progress, rows, host, stack }: Failed,
  paint: Paint,
  command: 'up' | 'down' | 'rollback' | 'restart' = 'up',
): string {
  const causes = distinct(progress.problems).map((problem) => {
    const [first = 'no reason given', ...more] = cleanMessage(problem.message).split('\n');
    const subject = problem.service ?? problem.name;
    const isNamed = subject === undefined || first.startsWith(subject);
    const head = isNamed ? first : `${subject} on ${host}: ${first}`;
    return [paint('red', `✗ ${head}`), ...[...more, ...portAdvice(problem.message)].map((line) => `    ${line}`)].join(
      '\n',
    );
  });
  const named = (phases: readonly Row['phase'][]): string[] =>
    rows.filter(({ phase }) => phases.includes(phase)).map(({ service }) => service);
  const standing = [
    sentence('as planned', named(['ready', 'unchanged'])),
    sentence('removed', named(['removed'])),
    sentence('failed', named(['failed'])),
    sentence('not reached', named(['waiting', 'working', 'removing'])),
  ].filter((part) => part !== '');
  const option = stackOption(stack);
  const suspects = [...new Set(progress.problems.flatMap(({ service }) => service ?? []))];
  const look = suspects.length === 0 ? '' : ` \`slipway logs${option} ${suspects.join(' ')}\` shows more.`;
  const isAdvised = progress.problems.some(({ message }) => message.includes('up again') || PORT_TAKEN.test(message));
  const left =
    command !== 'down'
      ? 'What ran before and was not replaced goes on running.'
      : 'What was not removed is left as it is.';
  return [
    ...causes,
    '',
    ...standing,
    `${left}${isAdvised ? '' : ` Mend the cause and run \`slipway ${command}${option}\` again.`}${look}`,
  ].join('\n');
}

/** What the engine says where a port was taken between the checks and the start of its container. */
const PORT_TAKEN = /port is already allocated|address already in use/;

function portAdvice(message: string): string[] {
  if (!PORT_TAKEN.test(message)) return [];
  const free = 'A port that is `free` is chosen anew when you run up again';
  return [`Somebody else was quicker. ${free}; give another number to a fixed one.`];
}

function sentence(what: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `${what}: ${names.join(', ')}`;
}

function distinct(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter((problem) => {
    const key = `${problem.urn ?? ''} ${cleanMessage(problem.message)}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** True if all that went wrong is that somebody stopped it. */
export function isMerelyStopped({ problems }: Progress): boolean {
  return problems.every(({ message }) => /interrupted|cancell?ed/i.test(message));
}

/** A provider's error without what only its developers need: URNs, wrappings, stack traces. */
export function cleanMessage(message: string): string {
  const text = message
    .replace(/^(error|diag): /, '')
    .replaceAll(/\b(creating|updating|deleting|reading) urn:pulumi:\S+: /g, '')
    .replaceAll(/\d+ errors? occurred:\s*\*\s*/g, '')
    .replace(/^Running program '[^']*' failed with an unhandled exception:\s*/, '')
    .replace(/^(<ref \*\d+> )?Error: /, '');
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !/^\s+at .+/.test(line))
    .join('\n')
    .trim();
}

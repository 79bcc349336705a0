import { issuePath } from '../plan/resolution.ts';
import type { Issue } from '../plan/types.ts';
import type { Service } from '../schema/service.ts';
import { error, type Rule } from './rule.ts';

/*
 * Commands that always succeed: what they are there to notice, nobody hears of.
 */

/** Looks for a process by its command line; the shell that looks has the pattern in its own. */
const LOOKS_FOR_ITSELF = /\bpgrep\s+(?:-\w+\s+)*(?:-\w*f|--full)|\bps\b[^|]*\|\s*grep\b(?!.*\bgrep\s+-v\b)/;

/** Ends with code 0 whatever came before. */
const PASSES_OVER = /\|\|\s*(?:true|:|echo\b.*|exit 0)\s*;?\s*$/;

/** A health check can fail, and a job that has failed says so. */
export const checkSilence: Rule = ({ system }) =>
  Object.entries(system.services).flatMap(([name, service]) => [
    ...checkHealthcheck([system.name, 'services', name, 'healthcheck', 'test'], service),
    ...(service.kind === 'job' ? checkJob([system.name, 'services', name], service) : []),
  ]);

type Path = readonly [string, ...string[]];

function checkHealthcheck([root, ...keys]: Path, { healthcheck }: Service): Issue[] {
  const line = shellLine(healthcheck?.test ?? []);
  if (line === undefined) return [];
  const path = issuePath(root, keys);
  if (LOOKS_FOR_ITSELF.test(line)) {
    return [
      error(
        path,
        'finds the shell that it runs in, whose own command line has the pattern in it: it can never fail',
        'a request to the service, or the age of a file that it touches while it works',
      ),
    ];
  }
  return PASSES_OVER.test(line) ? [error(path, 'succeeds whatever is wrong', 'a command whose exit code tells')] : [];
}

function checkJob([root, ...keys]: Path, { command, entrypoint }: Service): Issue[] {
  const line = shellLine([...entrypoint, ...command]);
  if (line === undefined || !PASSES_OVER.test(line)) return [];
  return [
    error(
      issuePath(root, [...keys, 'command']),
      'succeeds whatever fails in it: whoever waits for the job goes on without its work',
      'a command whose exit code tells, with `set -e` for several',
    ),
  ];
}

/** The line that a shell gets; undefined: there is no shell. */
function shellLine(command: readonly string[]): string | undefined {
  if (command[0] === 'CMD-SHELL') return command[1];
  const at = command.findIndex((argument) => /^-\w*c$/.test(argument));
  const shell = command.slice(0, Math.max(at, 0)).some((argument) => /(?:^|\/)(?:ba|da|a)?sh$/.test(argument));
  return shell ? command[at + 1] : undefined;
}

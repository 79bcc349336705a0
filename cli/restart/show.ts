import type { Paint } from '../context.ts';
import { count, stackOption } from '../output/format.ts';
import { seconds } from '../progress/timeline.ts';
import type { Step, Steps } from './steps.ts';
import type { Wave } from './targets.ts';

/** A restart that is over. */
export interface Over {
  readonly stack: string;
  /** Address of the Docker host. */
  readonly host: string;
  readonly waves: readonly Wave[];
  readonly steps: Steps;
  readonly tookMs: number;
  /** Replicas of other services that were healthy before, and are not now. */
  readonly ill: readonly string[];
}

/** What a restart of everything that was asked for ends with. */
export function doneText({ stack, waves, steps, tookMs }: Over, paint: Paint): string {
  const services = count(waves.flat().length, 'service');
  return paint(
    'green',
    `stack ${stack}: ${count(steps.size, 'container')} of ${services} restarted in ${seconds(tookMs)}`,
  );
}

/** What a person needs to know of a restart that failed, or was stopped: the causes, how things stand, what to do. */
export function brokenText(over: Over, isStopped: boolean, paint: Paint): string {
  const { stack, host, waves, steps, ill } = over;
  const option = stackOption(stack);
  const causes = [...steps].flatMap(([name, step]) =>
    step.is === 'failed' ? [causeText(name, host, step.cause, paint)] : [],
  );
  const left = waves
    .flat()
    .filter(({ targets }) => targets.some(({ name }) => steps.get(name)?.is !== 'done'))
    .map(({ name }) => name);
  const suspects = [...new Set([...named(steps, 'failed'), ...ill].map((name) => name.replace(/-\d+$/, '')))];
  return [
    ...(isStopped ? ['stopped; every container is either restarted or as it was'] : causes),
    ...(ill.length > 0 ? [paint('red', `✗ healthy before, and not any more: ${ill.join(', ')}`)] : []),
    '',
    ...sentence('restarted', named(steps, 'done')),
    ...sentence('restarted, and not waited for', named(steps, 'unwatched')),
    ...sentence('being restarted by the engine', named(steps, 'restarting')),
    ...sentence('failed', named(steps, 'failed')),
    ...sentence('not restarted', named(steps, 'untouched')),
    [
      ...(left.length > 0 ? [`\`slipway restart${option} ${left.join(' ')}\` goes on from here.`] : []),
      ...(suspects.length > 0 ? [`\`slipway logs${option} ${suspects.join(' ')}\` shows more.`] : []),
    ].join(' '),
  ].join('\n');
}

function causeText(name: string, host: string, cause: string, paint: Paint): string {
  const [first = '', ...more] = cause.split('\n');
  return [paint('red', `✗ ${name} on ${host}: ${first}`), ...more.map((line) => `    ${line}`)].join('\n');
}

function named(steps: Steps, is: Step['is']): string[] {
  return [...steps].flatMap(([name, step]) => (step.is === is ? [name] : []));
}

function sentence(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${what}: ${names.join(', ')}`];
}

import type { Plan } from '../../config/plan/types.ts';
import type { Paint, Style } from '../context.ts';
import { uptime } from '../output/format.ts';
import { table } from '../output/table.ts';
import type { ReplicaHealth, StackHealth } from './assess.ts';

/** Longest cells of the last columns, in characters. */
const CHECK_LENGTH = 60;
const OUTPUT_LENGTH = 100;

type About = Pick<Plan, 'system' | 'environment' | 'stack'>;

/** The health of a stack for people: a line a replica, and the verdict below. */
export function healthText(about: About, { replicas }: StackHealth, nowMs: number, paint: Paint): string {
  const ill = replicas.filter(({ isHealthy }) => !isHealthy);
  // Nobody needs a column that is empty from top to bottom.
  const hasOutput = replicas.some(({ lastOutput }) => lastOutput !== undefined);
  const headings = ['SERVICE', 'REPLICA', 'HEALTH', 'SINCE', 'FAILING', 'CHECK', ...(hasOutput ? ['LAST OUTPUT'] : [])];
  const columns = headings.map((heading) => ({
    heading: paint('bold', heading),
    ...(['REPLICA', 'SINCE', 'FAILING'].includes(heading) && { align: 'right' as const }),
  }));
  const rows = replicas.map((replica) => cells(replica, nowMs, paint));
  const verdict =
    ill.length === 0
      ? paint('green', 'all healthy')
      : paint('red', `${ill.length} of ${replicas.length} not healthy: ${ill.map(nameOf).join(', ')}`);
  return `${about.system} · ${about.environment} · stack ${about.stack}\n\n${table(columns, rows)}\n\n${verdict}`;
}

function cells(replica: ReplicaHealth, nowMs: number, paint: Paint): string[] {
  const { service, kind, health, since, failingStreak, check, lastOutput, exitCode } = replica;
  const jobCheck = exitCode === undefined ? '-' : `exit code ${exitCode}`;
  return [
    service,
    kind === 'job' ? 'job' : String(replica.replica),
    paint(styleOf(replica), health),
    since === undefined ? '-' : uptime(nowMs - Date.parse(since)),
    failingStreak === undefined ? '-' : String(failingStreak),
    kind === 'job' ? jobCheck : cut(check ?? '-', CHECK_LENGTH),
    cut(lastOutput ?? '', OUTPUT_LENGTH),
  ];
}

function nameOf({ service, replica }: ReplicaHealth): string {
  return replica === undefined ? service : `${service}-${replica}`;
}

function styleOf({ isHealthy, health }: ReplicaHealth): Style {
  if (isHealthy) return 'green';
  return health === 'starting' ? 'yellow' : 'red';
}

/** A text on one line, and no longer than that. */
function cut(text: string, length: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}

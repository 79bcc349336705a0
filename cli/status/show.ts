import type { Plan } from '../../config/plan/types.ts';
import type { Paint, Style } from '../context.ts';
import { bytes, uptime } from '../output/format.ts';
import { table, type Column } from '../output/table.ts';
import type { ReplicaStatus, ServiceStatus, StackStatus } from './assess.ts';

/** A stack's status for people: a table, and below it what is not as planned. */
export function statusText(plan: Plan, status: StackStatus, isVerbose: boolean, paint: Paint): string {
  const rows = tableRows(status, isVerbose, paint).map(({ cells }) => cells);
  const below = verdict(status).map(({ text, style }) => (style === undefined ? text : paint(style, text)));
  return `${statusHeading(plan)}\n\n${table(columns(paint), rows)}\n\n${below.join('\n')}`;
}

/** What the table is about. */
export function statusHeading({ system, environment, stack }: Plan): string {
  return `${system} · ${environment} · stack ${stack}`;
}

/** The columns of the table. */
export function columns(paint: Paint): Column[] {
  return [
    { heading: paint('bold', 'SERVICE') },
    { heading: paint('bold', 'REPLICAS') },
    { heading: paint('bold', 'HEALTH') },
    { heading: paint('bold', 'UPTIME'), align: 'right' },
    { heading: paint('bold', 'MEMORY'), align: 'right' },
    { heading: paint('bold', 'PORTS') },
    { heading: paint('bold', 'IMAGE') },
  ];
}

/** A row of the table. */
export interface TableRow {
  readonly cells: readonly string[];
  /** True: what it shows is as planned. */
  readonly isGood: boolean;
}

/** The rows of the table: a service each and, where asked for, its replicas below it. */
export function tableRows(status: StackStatus, isVerbose: boolean, paint: Paint): TableRow[] {
  return [
    ...status.services.flatMap((service) => [
      { cells: serviceCells(service, paint), isGood: service.ready === service.wanted },
      ...(isVerbose && service.kind === 'service'
        ? service.replicas.map((replica) => ({ cells: replicaCells(replica, paint), isGood: replica.ready }))
        : []),
    ]),
    ...(status.externals ?? []).map(({ name, address }) => ({
      cells: [name, 'external', '-', '-', '-', address, '-'],
      isGood: true,
    })),
  ];
}

/** A line of the verdict. */
export interface VerdictLine {
  readonly text: string;
  /** Absent: as it is. */
  readonly style?: Style;
}

/** What is not as planned, a line each. */
export function verdict({ problems }: StackStatus): VerdictLine[] {
  if (problems.length === 0) return [{ text: 'everything as planned', style: 'green' }];
  return [{ text: 'not as planned:', style: 'red' }, ...problems.map((problem) => ({ text: `  - ${problem}` }))];
}

function serviceCells(service: ServiceStatus, paint: Paint): string[] {
  const ratio = `${service.ready}/${service.wanted}`;
  return [
    service.name,
    service.kind === 'job' ? 'job' : paint(service.ready === service.wanted ? 'green' : 'red', ratio),
    paint(styleOf(service.health), service.health),
    service.uptimeMs === undefined ? '-' : uptime(service.uptimeMs),
    memory(service),
    service.ports.join(' ') || '-',
    service.image,
  ];
}

function replicaCells(replica: ReplicaStatus, paint: Paint): string[] {
  return [
    `  ${replica.name}`,
    replica.restarts > 0 ? paint('yellow', `${replica.restarts} restarts`) : '',
    paint(styleOf(replica.health), replica.health),
    replica.uptimeMs === undefined ? '-' : uptime(replica.uptimeMs),
    memory(replica),
    replica.ports.join(' ') || '-',
    replica.image,
  ];
}

function memory(of: { readonly memoryUsed?: number; readonly memoryLimit?: number }): string {
  if (of.memoryUsed === undefined) return '-';
  return of.memoryLimit === undefined ? bytes(of.memoryUsed) : `${bytes(of.memoryUsed)} / ${bytes(of.memoryLimit)}`;
}

function styleOf(health: string): Style {
  if (health === 'healthy' || health === 'running' || health === 'completed') return 'green';
  return health === 'starting' ? 'yellow' : 'red';
}

import type { Plan } from '../../config/plan/types.ts';
import type { Paint, Style } from '../context.ts';
import { bytes, uptime } from '../output/format.ts';
import { table } from '../output/table.ts';
import type { ReplicaStatus, ServiceStatus, StackStatus } from './assess.ts';

/** A stack's status for people: a table, and below it what is not as planned. */
export function statusText(plan: Plan, status: StackStatus, isVerbose: boolean, paint: Paint): string {
  const columns = [
    { heading: paint('bold', 'SERVICE') },
    { heading: paint('bold', 'REPLICAS') },
    { heading: paint('bold', 'HEALTH') },
    { heading: paint('bold', 'UPTIME'), align: 'right' as const },
    { heading: paint('bold', 'MEMORY'), align: 'right' as const },
    { heading: paint('bold', 'PORTS') },
    { heading: paint('bold', 'IMAGE') },
  ];
  const rows = status.services.flatMap((service) => [
    serviceCells(service, paint),
    ...(isVerbose && service.kind === 'service' ? service.replicas.map((replica) => replicaCells(replica, paint)) : []),
  ]);
  const heading = `${plan.system} · ${plan.environment} · stack ${plan.stack}`;
  const verdict =
    status.problems.length === 0
      ? paint('green', 'everything as planned')
      : [paint('red', `not as planned:`), ...status.problems.map((problem) => `  - ${problem}`)].join('\n');
  return `${heading}\n\n${table(columns, rows)}\n\n${verdict}`;
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

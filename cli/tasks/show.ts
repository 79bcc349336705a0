import type { Plan } from '../../config/plan/types.ts';
import type { Paint } from '../context.ts';
import { stackOption } from '../output/format.ts';
import { table } from '../output/table.ts';

/** The tasks of a plan for people: a table, and how one of them is run. */
export function tasksText({ system, stack, tasks }: Pick<Plan, 'system' | 'stack' | 'tasks'>, paint: Paint): string {
  if (tasks.length === 0) return `${system} declares no tasks`;
  const columns = ['TASK', 'SERVICE', 'DESTROYS DATA', 'WHAT IT DOES'].map((heading) => ({
    heading: paint('bold', heading),
  }));
  const rows = tasks.map(({ name, service, destructive, description }) => [
    name,
    service,
    destructive ? paint('red', 'yes') : '-',
    description,
  ]);
  return `${table(columns, rows)}\n\nrun one: slipway run${stackOption(stack)} <task>`;
}

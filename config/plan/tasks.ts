import type { Service } from '../schema/service.ts';
import type { System } from '../schema/system.ts';
import { sortedEntries } from './sort.ts';
import type { PlannedTask } from './types.ts';

/** Tasks whose service runs, sorted by name. */
export function plannedTasks({ tasks }: System, active: Readonly<Record<string, Service>>): PlannedTask[] {
  const runs = (name: string): boolean => Object.hasOwn(active, tasks[name]?.service ?? '');
  return sortedEntries(tasks)
    .filter(([name]) => runs(name))
    .map(([name, { then, ...task }]) => {
      const following = then.filter(runs);
      return { name, ...task, ...(following.length > 0 && { then: following }) };
    });
}

import type { Service } from '../schema/service.ts';
import type { System } from '../schema/system.ts';
import { sortedEntries } from './sort.ts';
import type { PlannedTask } from './types.ts';

/** Tasks whose service runs, sorted by name. */
export function plannedTasks({ tasks }: System, active: Readonly<Record<string, Service>>): PlannedTask[] {
  return sortedEntries(tasks)
    .filter(([, { service }]) => Object.hasOwn(active, service))
    .map(([name, task]) => ({ name, ...task }));
}

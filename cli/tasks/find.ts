import type { Plan, PlannedTask } from '../../config/plan/types.ts';
import { knownNames } from '../../config/rules/suggest.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';

/**
 * The task of a plan that `name` means.
 * @throws CommandFailure (bad input) that lists the tasks there are, the nearest first
 */
export function findTask({ tasks, system }: Pick<Plan, 'tasks' | 'system'>, name: string): PlannedTask {
  const found = tasks.find((task) => task.name === name);
  if (found !== undefined) return found;
  const names = tasks.map((task) => task.name);
  throw new CommandFailure(EXIT.usage, `${system} has no task "${name}"; ${knownNames(name, names)}`);
}

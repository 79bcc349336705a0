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

/**
 * A task and those that follow it, in order.
 * @throws CommandFailure (bad input) for further arguments, which would be those of one of several commands
 */
export function withFollowing(
  { tasks }: Pick<Plan, 'tasks'>,
  task: PlannedTask,
  args: readonly string[],
): PlannedTask[] {
  const { name, then = [] } = task;
  const following = then.flatMap((other) => tasks.find((one) => one.name === other) ?? []);
  if (following.length > 0 && args.length > 0) {
    const several = [name, ...then].join(', ');
    throw new CommandFailure(EXIT.usage, `${name} runs ${several}, and takes no further arguments`);
  }
  return [task, ...following];
}

/** What examples are written with. */
const SEED = 'seed';

/**
 * The task that writes examples.
 * @throws CommandFailure (bad input) where the system has none
 */
export function findSeed(plan: Pick<Plan, 'tasks' | 'system'>): PlannedTask {
  const found = plan.tasks.find(({ name }) => name === SEED);
  if (found !== undefined) return found;
  const others = plan.tasks.map(({ name }) => name).filter((name) => name.includes(SEED));
  throw new CommandFailure(
    EXIT.usage,
    `${plan.system} has nothing to seed with: what writes its examples would be a task called "${SEED}"` +
      (others.length === 0 ? '' : `; there are ${others.join(', ')} (\`slipway run\`)`),
  );
}

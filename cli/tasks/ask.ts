import type { Plan, PlannedTask } from '../../config/plan/types.ts';
import type { Context } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { canAsk, confirm, confirmByName } from '../operations/confirm.ts';

type About = Pick<Plan, 'system' | 'environment' | 'stack'>;

/**
 * Sees that somebody can be asked before a destructive task.
 * @throws CommandFailure (wrong usage) where nobody can, and nobody has said yes beforehand
 */
export function checkCanAsk(context: Context, { name, destructive }: PlannedTask, isSure: boolean): void {
  if (!destructive || isSure || canAsk(context)) return;
  throw new CommandFailure(
    EXIT.usage,
    `${name} destroys data: without a terminal to ask on it needs --yes; nothing was touched`,
  );
}

/**
 * Asks before a destructive task; in prod the stack's name has to be typed.
 * @throws CommandFailure unless it is confirmed
 */
export async function askBeforeLoss(context: Context, plan: About, task: PlannedTask, isSure: boolean): Promise<void> {
  if (!task.destructive || isSure) return;
  const question = lossQuestion(plan, task);
  const isConfirmed =
    plan.environment === 'prod'
      ? await confirmByName(context, question, plan.stack)
      : await confirm(context, `${question} Go on?`);
  if (!isConfirmed) throw new CommandFailure(EXIT.failed, 'not confirmed; nothing was touched');
}

/** What is about to be lost, and where. */
export function lossQuestion({ system, environment, stack }: About, { name, description }: PlannedTask): string {
  return `${name} on ${system} in ${environment} (stack ${stack}) DESTROYS DATA: ${description}`;
}

import { ONLY_VARIABLE } from '../../config/only.ts';
import type { Context } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { servicesIn, type StackState } from '../pulumi/state.ts';
import type { StackPlan } from '../stack-plan.ts';

/** What the program is told of the services that alone are to run: it reads the same configuration as the command. */
export function onlyFor(context: Context, { only }: Pick<StackPlan, 'only'>): Context {
  return only === undefined ? context : { ...context, env: { ...context.env, [ONLY_VARIABLE]: only.join(',') } };
}

/**
 * Keeps `--only` from removing what runs: it is for a stack that is down, or has nothing but what it names.
 * @throws CommandFailure that says what would be removed
 */
export function refuseToShrink({ plan, only }: StackPlan, state: StackState): void {
  if (only === undefined) return;
  const planned = new Set(plan.services.map(({ name }) => name));
  const others = servicesIn(state).filter(({ name, containers }) => containers > 0 && !planned.has(name));
  if (others.length === 0) return;
  throw new CommandFailure(
    EXIT.usage,
    `stack "${plan.stack}" has ${others.map(({ name }) => name).join(', ')}, which --only ${only.join(',')} would remove: ` +
      'leave --only away, name them too, or take the stack down first. Nothing was touched.',
  );
}

import { withChosenPorts } from '../config/plan/ports.ts';
import type { Plan } from '../config/plan/types.ts';
import { TYPES } from './pulumi/resource-types.ts';
import type { StackState } from './pulumi/state.ts';

/** The plan with the ports that its stack has chosen on the host; before the first `up`, as it is. Pure. */
export function onChosenPorts(plan: Plan, { resources }: Pick<StackState, 'resources'>): Plan {
  const found = resources.find(({ type }) => type === TYPES.ports)?.outputs?.['ports'];
  if (typeof found !== 'object' || found === null) return plan;
  const numbers = Object.entries(found).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  return withChosenPorts(plan, Object.fromEntries(numbers));
}

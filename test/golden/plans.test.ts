import { describe, test } from '@jest/globals';
import { renderPlan } from '../../config/plan/render.ts';
import { expectFile } from './golden.ts';
import { keptStacks } from './stacks.ts';

// After a change that is meant: UPDATE_GOLDEN=1 npx jest test/golden
describe.each(keptStacks)('the plan of $system in $environment is the committed one', (stack) => {
  test('as text', () => {
    const { plan } = stack;
    expectFile(`test/golden/${plan.prefix}.txt`, renderPlan(plan));
  });

  test('as JSON', () => {
    const { plan } = stack;
    expectFile(`test/golden/${plan.prefix}.json`, `${JSON.stringify(plan, undefined, 2)}\n`);
  });
});

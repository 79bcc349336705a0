import { describe, test } from '@jest/globals';
import { renderPlan } from '../../config/plan/render.ts';
import { planOf, resolveLinkflow } from '../unit/config/fixture.ts';
import { expectFile } from './golden.ts';

/** Dev shows all fifteen services; prod has nginx and scheduler without a profile. */
const stacks = [
  { stack: 'dev', values: { profiles: ['control', 'edge', 'migrate', 'production', 'scheduler'] } },
  { stack: 'test', values: { profiles: ['migrate'] } },
  { stack: 'prod', values: { profiles: ['control', 'edge', 'migrate'] } },
];

// After a change that is meant: UPDATE_GOLDEN=1 npx jest test/golden
describe.each(stacks)('the plan of LinkFlow in $stack is the committed one', (stack) => {
  test('as text', () => {
    expectFile(`test/golden/linkflow-${stack.stack}.txt`, renderPlan(planOf(resolveLinkflow(stack))));
  });

  test('as JSON', () => {
    const json = JSON.stringify(planOf(resolveLinkflow(stack)), undefined, 2);
    expectFile(`test/golden/linkflow-${stack.stack}.json`, `${json}\n`);
  });
});

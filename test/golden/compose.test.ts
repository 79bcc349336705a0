import { test } from '@jest/globals';
import { composeText } from '../../config/compose/text.ts';
import type { Plan } from '../../config/plan/types.ts';
import { planOf, resolveLinkflow } from '../unit/config/fixture.ts';
import { expectFile } from './golden.ts';
import { keptStacks } from './stacks.ts';

/** LinkFlow's with few profiles: the file is there to be read. */
const linkflow = [
  { stack: 'dev', values: { profiles: ['migrate'] } },
  { stack: 'test', values: { profiles: ['migrate'] } },
  { stack: 'prod' },
].map((stack) => planOf(resolveLinkflow(stack)));

const plans: readonly Plan[] = [
  ...linkflow,
  ...keptStacks.filter(({ system }) => system !== 'linkflow').map(({ plan }) => plan),
];

// After a change that is meant: UPDATE_GOLDEN=1 npx jest test/golden
test.each(plans)('the compose file of $system in $environment is the committed one', (plan) => {
  const tags = new Map(plan.images.map(({ name }) => [name, `slipway/${name}:0123456789ab`]));
  expectFile(`test/golden/${plan.prefix}.compose.yaml`, composeText(plan, { tags, project: '/project' }));
});

import { test } from '@jest/globals';
import { composeText } from '../../config/compose/text.ts';
import { planOf, resolveLinkflow } from '../unit/config/fixture.ts';
import { expectFile } from './golden.ts';
import { keptStacks } from './stacks.ts';

/** LinkFlow's with few profiles: the file is there to be read. */
const linkflow = [
  { environment: 'dev', values: { profiles: ['migrate'] } },
  { environment: 'test', values: { profiles: ['migrate'] } },
  { environment: 'prod', values: {} },
].map(({ environment, values }) => ({
  ...{ system: 'linkflow', environment },
  plan: planOf(resolveLinkflow({ stack: environment, values })),
}));
const others = keptStacks.filter(({ system }) => system !== 'linkflow');

// After a change that is meant: UPDATE_GOLDEN=1 npx jest test/golden
test.each([...linkflow, ...others])('the compose file of $system in $environment is the committed one', (stack) => {
  const { plan } = stack;
  const tags = new Map(plan.images.map(({ name }) => [name, `slipway/${name}:0123456789ab`]));
  expectFile(`test/golden/${plan.prefix}.compose.yaml`, composeText(plan, { tags, project: '/project' }));
});

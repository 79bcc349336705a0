import { test } from '@jest/globals';
import { composeText } from '../../config/compose/text.ts';
import { planOf, resolveLinkflow } from '../unit/config/fixture.ts';
import { expectFile } from './golden.ts';

// After a change that is meant: UPDATE_GOLDEN=1 npx jest test/golden
test.each([
  ['dev', { profiles: ['migrate'] }],
  ['test', { profiles: ['migrate'] }],
  ['prod', {}],
])('the compose file of LinkFlow in %s is the committed one', (stack, values) => {
  const plan = planOf(resolveLinkflow({ stack, values }));
  const tags = new Map(plan.images.map(({ name }) => [name, `slipway/${name}:0123456789ab`]));
  expectFile(`test/golden/linkflow-${stack}.compose.yaml`, composeText(plan, { tags, project: '/project' }));
});

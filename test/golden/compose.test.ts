import { test } from '@jest/globals';
import { composeText } from '../../config/compose/text.ts';
import { planOf, resolveLinkflow } from '../unit/config/fixture.ts';
import { expectFile } from './golden.ts';

// After a change that is meant: UPDATE_GOLDEN=1 npx jest test/golden
test('the compose file of LinkFlow in dev is the committed one', () => {
  const plan = planOf(resolveLinkflow({ stack: 'dev', values: { profiles: ['migrate'] } }));
  const tags = new Map(plan.images.map(({ name }) => [name, `slipway/${name}:0123456789ab`]));
  expectFile('test/golden/linkflow-dev.compose.yaml', composeText(plan, { tags, project: '/project' }));
});

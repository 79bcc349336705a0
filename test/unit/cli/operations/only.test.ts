import { expect, test } from '@jest/globals';
import { refuseToShrink } from '../../../../cli/operations/only.ts';
import type { StackState } from '../../../../cli/pulumi/state.ts';
import type { StackPlan } from '../../../../cli/stack-plan.ts';
import { resolvePlan } from '../../../../config/resolve.ts';
import { planOf } from '../../config/fixture.ts';

/** A state with a service and a container in it for each name. */
function stateOf(...names: readonly string[]): StackState {
  return {
    exists: true,
    pending: 0,
    resources: names.flatMap((name) => {
      const urn = `urn:pulumi:dev::slipway::slipway:components:Service::${name}`;
      return [
        { urn, type: 'slipway:components:Service' },
        { urn: `${urn}-1`, type: 'docker:index/container:Container', parent: urn },
      ];
    }),
  };
}

function planned(only?: readonly string[]): StackPlan {
  const values = { system: 'linkflow', environment: 'test' };
  const plan = planOf(resolvePlan({ stack: 'test', values, providedSecrets: [], ...(only && { only }) }));
  return { plan, warnings: [], ...(only && { only }) };
}

test('a plan holds the services that are named, and what they wait for', () => {
  const names = planned(['history', 'redis']).plan.services.map(({ name }) => name);
  expect(names).toEqual(['history', 'postgres', 'redis']);
});

test('what would be removed is named', () => {
  const over = () => {
    refuseToShrink(planned(['redis']), stateOf('redis', 'postgres', 'api'));
  };
  expect(over).toThrow('stack "test" has api, postgres, which --only redis would remove');
});

test('what is planned anyway, and a plan of all, are nobody’s loss', () => {
  refuseToShrink(planned(['history']), stateOf('postgres', 'redis'));
  refuseToShrink(planned(), stateOf('postgres', 'elsewhere'));
});

import { expect, test } from '@jest/globals';
import { keptText } from '../../../../cli/operations/kept.ts';
import { TYPES } from '../../../../cli/pulumi/resource-types.ts';
import type { StateResource, StackState } from '../../../../cli/pulumi/state.ts';

const kept = (type: string, name: string, more: Partial<StateResource> = {}): StateResource => ({
  ...{ urn: `urn:pulumi:prod::slipway::${type}::${name}`, type, protect: true },
  ...more,
});
const stateOf = (...resources: StateResource[]): StackState => ({ exists: true, resources, pending: 0 });

test('a down says what it has kept: data, the secrets of the data, and the authority that clients trust', () => {
  const state = stateOf(
    kept(TYPES.volume, 'db-data', { outputs: { name: 'shop-prod-db-data-1' } }),
    kept('random:index/randomPassword:RandomPassword', 'DB_PASSWORD'),
    kept('random:index/randomId:RandomId', 'instance'),
    kept(TYPES.privateKey, 'CA'),
    kept(TYPES.authority, 'CA'),
  );
  expect(keptText(state, 'prod').split('\n')[0]).toBe(
    "kept: 1 volume with data (shop-prod-db-data-1) and 1 generated secret that belong to them and the stack's certificate authority",
  );
});

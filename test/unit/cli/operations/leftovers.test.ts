import { expect, test } from '@jest/globals';
import { replacedCandidates, replacedFiles } from '../../../../cli/operations/leftovers.ts';
import { TYPES } from '../../../../cli/pulumi/resource-types.ts';
import type { StackState, StateResource } from '../../../../cli/pulumi/state.ts';

const resource = (type: string, id: string, more: Partial<StateResource> = {}): StateResource => ({
  ...{ urn: `urn:pulumi:dev::slipway::${type}::api-1`, type, id },
  ...more,
});
const gone = { delete: true };

/** After two releases that an engine could not start: the one that serves, and a candidate of each. */
const state: StackState = {
  exists: true,
  pending: 0,
  resources: [
    resource(TYPES.container, 'second'),
    resource(TYPES.container, 'first', gone),
    resource(TYPES.container, 'serves', gone),
    resource(TYPES.replica, 'api-1', { outputs: { container: 'serves' } }),
    resource(TYPES.files, 'files-second'),
    resource(TYPES.files, 'files-first', gone),
  ],
};

test('what failing releases leave is earlier candidates and their files; not who serves, nor the last candidate', () => {
  expect(replacedCandidates(state)).toEqual(['first']);
  expect(replacedFiles(state)).toEqual(['files-first']);
});

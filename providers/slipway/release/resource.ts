import { NO_RELEASES, recordRelease } from '../../../config/release/record.ts';
import type { ReleaseState } from '../../../config/release/types.ts';
import { diffValues, failures, type Resource, UNKNOWN, type Values } from '../../rpc/index.ts';
import { ReleaseInputs, ReleaseOutputs } from './schema.ts';

/** Nothing of a release is known before it stands. */
const PREVIEWED: Values = { records: UNKNOWN, plans: UNKNOWN, values: UNKNOWN };

/**
 * The record of what a stack has released: everything else stands before it, so it changes only when a release went
 * through, by one record in its state. Touches no host.
 */
export function releaseResource(now: () => Date = () => new Date()): Resource {
  const record = (state: ReleaseState, inputs: Values): Values =>
    plain(recordRelease(state, ReleaseInputs.parse(inputs), now().toISOString()));
  return {
    token: 'slipway:index:Release',
    secretOutputs: ['values'],
    check: ({ inputs }) => ({ inputs, failures: failures(ReleaseInputs, inputs) }),
    // Who says what about it makes no release.
    diff: ({ olds, news }) => ({ changes: diffValues(olds, news).filter(({ path: [key] }) => key !== 'note') }),
    create: (operation, inputs) =>
      Promise.resolve(
        operation.preview ? { id: '', state: PREVIEWED } : { id: 'release', state: record(NO_RELEASES, inputs) },
      ),
    update: (operation, { news, state }) =>
      Promise.resolve(operation.preview ? PREVIEWED : record(ReleaseOutputs.parse(state), news)),
    read: (_, { state, inputs }) => Promise.resolve({ state, inputs }),
    delete: () => Promise.resolve(),
  };
}

/** As the state can hold it: what is undefined is not there. */
function plain(state: ReleaseState): Values {
  return JSON.parse(JSON.stringify(state)) as Values;
}

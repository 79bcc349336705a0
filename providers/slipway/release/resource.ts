import { NO_RELEASES, recordRelease } from '../../../config/release/record.ts';
import { isSameRelease } from '../../../config/release/same.ts';
import type { ReleaseState } from '../../../config/release/types.ts';
import { diffValues, failures, type Operation, type Resource, UNKNOWN, type Values } from '../../rpc/index.ts';
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
    diff: ({ olds, news }) => ({
      changes: diffValues(olds, news).filter(
        ({ path: [key] }) => key !== 'note' && !(key === 'plan' && isSameRelease(olds['plan'], news['plan'])),
      ),
    }),
    create: (operation, inputs) =>
      Promise.resolve(
        operation.preview ? { id: '', state: PREVIEWED } : { id: 'release', state: record(NO_RELEASES, inputs) },
      ),
    update: (operation, { news, state }) =>
      Promise.resolve(operation.preview ? PREVIEWED : record(recordsIn(operation, state), news)),
    read: (_, { state, inputs }) => Promise.resolve({ state, inputs }),
    delete: () => Promise.resolve(),
  };
}

/** A release that stands must not fail for what was recorded of earlier ones. */
function recordsIn(operation: Operation, state: Values): ReleaseState {
  const parsed = ReleaseOutputs.safeParse(state);
  if (parsed.success) return parsed.data;
  operation.log(
    'warning',
    "the record of earlier releases can't be read, and begins anew: no rollback goes behind this one",
  );
  return NO_RELEASES;
}

/** As the state can hold it: what is undefined is not there. */
function plain(state: ReleaseState): Values {
  return JSON.parse(JSON.stringify(state)) as Values;
}

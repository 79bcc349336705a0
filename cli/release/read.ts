import type { ReleaseState } from '../../config/release/types.ts';
import { ReleaseOutputs } from '../../providers/slipway/release/schema.ts';
import type { Context } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { readDecrypted, shownValue } from '../export/secrets.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import type { StackState } from '../pulumi/state.ts';

/** What a stack's state tells of its releases without being decrypted. */
export type Releases = Pick<ReleaseState, 'records' | 'plans'>;

type Resources = Pick<StackState, 'resources'>;

const Readable = ReleaseOutputs.pick({ records: true, plans: true });
const Values = ReleaseOutputs.shape.values;

/** The releases in a state; none where it was never brought up, or is down. */
export function releasesIn(state: Resources): Releases {
  const outputs = outputsIn(state);
  return outputs === undefined ? { records: [], plans: {} } : Readable.parse(outputs);
}

/**
 * The values that the secrets of the kept releases have had: number → name → value.
 * @throws CommandFailure if they can't be decrypted
 */
export async function readReleasedValues(context: Context, stack: string): Promise<ReleaseState['values']> {
  const values = outputsIn(await readDecrypted(context, stack))?.['values'];
  return values === undefined ? {} : Values.parse(shownValue(values));
}

/** @throws CommandFailure if somebody has released since: what was shown, or made ready, is of an earlier release */
export function refuseIfReleased({ records }: Releases, now: Resources): void {
  const [seen] = records;
  const [newest] = releasesIn(now).records;
  if (seen?.number === newest?.number && seen?.at === newest?.at) return;
  throw new CommandFailure(
    EXIT.failed,
    'somebody has just released; nothing more was touched: look at `slipway history`, then try again',
  );
}

function outputsIn({ resources }: Resources): Readonly<Record<string, unknown>> | undefined {
  return resources.find(({ type, delete: replaced }) => type === TYPES.release && replaced !== true)?.outputs;
}

import type { Context } from '../context.ts';
import { readDecrypted } from '../export/secrets.ts';
import type { Host } from '../hosts/host.ts';
import { instanceOf, type StackState } from '../pulumi/state.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import { compare } from './compare.ts';
import { look, type OnLook } from './look.ts';
import { madeBy } from './made.ts';
import type { Drift } from './types.ts';

/** A stack whose host is compared with its state. */
export interface Surveyed {
  readonly host: Host;
  readonly stack: string;
  readonly state: StackState;
  /** The state in clear, where somebody has asked for it already. */
  readonly unsealed?: Unsealed;
}

/** A state in clear; undefined: nothing in it is sealed that is compared. */
export type Unsealed = Promise<Pick<StackState, 'resources'> | undefined>;

/** Begins to decrypt what is compared of a state: that takes a process, and other things can be done meanwhile. */
export function unseal(context: Context, stack: string, state: StackState): Unsealed {
  const unsealed = state.resources.some(isSealed) ? readDecrypted(context, stack) : Promise.resolve(undefined);
  // Whoever awaits it hears of a failure; until then it is nobody's.
  unsealed.catch(() => undefined);
  return unsealed;
}

const NONE: Drift = { findings: [], left: [] };

/**
 * Compares what a host has of a stack with what the stack's state says was made, contents of files included.
 * @throws CommandFailure if the state can't be decrypted
 */
export async function survey(context: Context, surveyed: Surveyed, onLook?: OnLook): Promise<Drift> {
  const { host, stack, state } = surveyed;
  const instance = instanceOf(state);
  if (instance === undefined) return NONE;
  onLook?.('the state');
  const made = madeBy((await (surveyed.unsealed ?? unseal(context, stack, state))) ?? state);
  return compare(made, await look(host, instance, made, onLook));
}

/** Whether something about a resource can't be compared before it is decrypted. */
function isSealed({ type, inputs }: StackState['resources'][number]): boolean {
  if (type !== TYPES.files && type !== TYPES.container) return false;
  return JSON.stringify(inputs ?? {}).includes('"ciphertext"');
}

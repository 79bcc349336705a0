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
}

const NONE: Drift = { findings: [], left: [] };

/**
 * Compares what a host has of a stack with what the stack's state says was made, contents of files included.
 * @throws CommandFailure if the state can't be decrypted
 */
export async function survey(context: Context, { host, stack, state }: Surveyed, onLook?: OnLook): Promise<Drift> {
  const instance = instanceOf(state);
  if (instance === undefined) return NONE;
  onLook?.('the state');
  const decrypted = state.resources.some(isSealed) ? readDecrypted(context, stack) : undefined;
  const made = madeBy((await decrypted) ?? state);
  return compare(made, await look(host, instance, made, onLook));
}

/** Whether something about a resource can't be compared before it is decrypted. */
function isSealed({ type, inputs }: StackState['resources'][number]): boolean {
  if (type !== TYPES.files && type !== TYPES.container) return false;
  return JSON.stringify(inputs ?? {}).includes('"ciphertext"');
}

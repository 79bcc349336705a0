import type { PlannedSecret } from '../../config/plan/types.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import type { StateResource, StackState } from '../pulumi/state.ts';
import { nameOfUrn } from '../pulumi/urn.ts';

/** When a secret's value was made, as the state tells; undefined: it does not, or nobody has made it yet. Pure. */
export function madeAt(secret: PlannedSecret, { resources }: StackState): Date | undefined {
  const made = madeAs(secret);
  const found = resources.find(
    ({ type, urn, delete: replaced }) =>
      type === made?.type && replaced !== true && (made.name === undefined || nameOfUrn(urn) === made.name),
  );
  return found && timeOf(found);
}

/** The resource whose making is that of a value. */
function madeAs({ name, source, format }: PlannedSecret): { type: string; name?: string } | undefined {
  // A value that somebody has set stands in the configuration, which tells no time.
  if (source === 'generated') return { type: TYPES.password, name };
  if (source !== 'issued') return undefined;
  if (format.kind === 'certificate') return { type: TYPES.certificate, name: format.certificate };
  if (format.kind === 'private-key') return { type: TYPES.privateKey, name: format.certificate };
  return { type: TYPES.authority };
}

function timeOf({ created, modified }: StateResource): Date | undefined {
  const told = created ?? modified;
  const time = told === undefined ? Number.NaN : Date.parse(told);
  return Number.isNaN(time) ? undefined : new Date(time);
}

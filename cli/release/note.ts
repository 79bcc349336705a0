import type { ReleaseNote } from '../../config/release/types.ts';

/** What a run of Pulumi was for, as the message of its update tells. */
export interface Told {
  /** `up`, `scale`, `rollback`, `down`. */
  readonly command: string;
  readonly by: string;
  readonly message?: string;
  readonly rollbackTo?: number;
}

/** The message of an update, by which history tells who has tried what: Pulumi itself keeps no name with every backend. Pure. */
export function updateMessage(command: string, { by, message, rollbackTo }: ReleaseNote): string {
  const what = rollbackTo === undefined ? command : `${command} to ${rollbackTo}`;
  return `slipway ${what} by ${by}${message === undefined ? '' : `: ${message}`}`;
}

/** What {@link updateMessage} has told; undefined: somebody has run Pulumi itself. Pure. */
export function toldBy(text: string): Told | undefined {
  const found = /^slipway (\S+)(?: to (\d+))? by (.+?@\S+?|.+? \(CI\))(?:: (.*))?$/s.exec(text);
  if (!found) return undefined;
  const [, command = '', to, by = '', message] = found;
  return {
    command,
    by,
    ...(message !== undefined && { message }),
    ...(to !== undefined && { rollbackTo: Number(to) }),
  };
}

import type { ReleaseRecord } from '../../config/release/types.ts';
import type { Paint } from '../context.ts';
import { stackOption } from '../output/format.ts';
import type { Entry } from '../release/history.ts';
import { changeText } from '../release/show.ts';

/** What goes back: fields as they are now, and as they were. */
export interface Back extends Pick<Entry, 'changes' | 'secrets'> {
  readonly stack: string;
  readonly newest: ReleaseRecord;
  readonly target: ReleaseRecord;
}

/** What a rollback is about to do, field by field. Pure. */
export function backText({ stack, newest, target, changes, secrets }: Back, paint: Paint): string {
  const from = newest === target ? '' : ` from release ${newest.number}`;
  const title = `stack ${stack} goes back${from} to ${releaseText(target)}`;
  const isSame = changes.length === 0 && secrets.length === 0;
  const same =
    newest === target ? 'it is the newest: what was changed since goes back' : 'no field of the plan differs';
  return [paint('bold', title), isSame ? `  ${same}` : changeText({ changes, secrets })].join('\n');
}

/** A release in a sentence. Pure. */
export function releaseText({ number, at, by, rollbackTo }: ReleaseRecord): string {
  const origin = rollbackTo === undefined ? '' : `, which brought back release ${rollbackTo}`;
  return `release ${number} (${at.slice(0, 19).replace('T', ' ')} UTC, by ${by}${origin})`;
}

/** What to know once a stack has gone back; `made` is the release that this has become, if it has become one. Pure. */
export function doneText(stack: string, target: ReleaseRecord, made: number | undefined): string {
  const done =
    made === undefined
      ? `stack ${stack} is as release ${target.number} was`
      : `rolled back to release ${target.number}, as release ${made}`;
  return (
    `${done}. Description and Pulumi.${stack}.yaml are what they were: ` +
    `the next \`slipway up${stackOption(stack)}\` goes forward again to what they say`
  );
}

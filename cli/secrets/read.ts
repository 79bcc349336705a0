import { isUtf8 } from 'node:buffer';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { PlannedSecret } from '../../config/plan/types.ts';
import { judgeValue, singleLineReason } from '../../config/rules/secret-value.ts';
import { isOneToAll } from '../../providers/slipway/postgres-role/scram.ts';
import type { Context } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { canAsk } from '../operations/confirm.ts';

/**
 * Reads the value that a secret is to have: asked for twice, unseen, on a terminal; else all of standard input.
 * @throws CommandFailure (bad input), never with the value, if it can't be one; nothing is touched then
 */
export async function readValue(
  context: Context,
  secret: PlannedSecret,
  planned: readonly PlannedSecret[],
): Promise<string> {
  const given = canAsk(context) ? await askTwice(context, secret.name) : await readAll(context);
  const value = withoutLastNewline(secret, planned, given);
  const problem =
    judgeValue(secret, value, planned) ??
    (secret.postgresRole && !isOneToAll(value)
      ? { message: 'would be sent in different ways by different clients', accepted: 'text in Unicode form NFKC' }
      : undefined);
  if (problem === undefined) return value;
  throw refusal(secret.name, `what was given ${problem.message}; accepted: ${problem.accepted}`);
}

/** What an editor or `echo` puts at the end of a single line is no part of it. Pure. */
export function withoutLastNewline(secret: PlannedSecret, planned: readonly PlannedSecret[], value: string): string {
  const { format } = secret;
  const isLine =
    singleLineReason(secret, planned) !== undefined || (format.kind === 'template' && !format.template.endsWith('\n'));
  return isLine ? value.replace(/\r?\n$/, '') : value;
}

async function readAll({ stdin }: Context): Promise<string> {
  // A terminal whose questions nobody would see: whoever types there shows what they type.
  if (stdin.isTTY) {
    throw new CommandFailure(
      EXIT.usage,
      'the value is read from a terminal, or from standard input; nothing was touched',
    );
  }
  const bytes = await buffer(stdin);
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw new CommandFailure(EXIT.usage, 'the value is no text in UTF-8; nothing was touched');
}

async function askTwice(context: Context, name: string): Promise<string> {
  const unseen = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const terminal = createInterface({ input: context.stdin, output: unseen, terminal: true, historySize: 0 });
  const ended = new Promise<never>((_, reject) => {
    const stop = (): void => {
      reject(new CommandFailure(EXIT.interrupted, 'interrupted; nothing was touched'));
    };
    terminal.once('SIGINT', stop).once('close', stop);
  });
  ended.catch(() => undefined); // It may come when nobody asks any more.
  const ask = async (question: string): Promise<string> => {
    context.stderr.write(question);
    const answer = await Promise.race([terminal.question(''), ended]);
    context.stderr.write('\n');
    return answer;
  };
  try {
    const value = await ask(`${name} (what you type is not shown): `);
    if ((await ask(`${name} again: `)) === value) return value;
    throw refusal(name, 'the two are not the same');
  } finally {
    terminal.close();
  }
}

function refusal(name: string, reason: string): CommandFailure {
  return new CommandFailure(EXIT.usage, `${name}: ${reason}. Nothing was touched.`);
}

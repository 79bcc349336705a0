import { createInterface } from 'node:readline/promises';
import type { Context } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';

/** Asks a yes-or-no question on the terminal; anything but yes is no. */
export async function confirm(context: Context, question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await ask(context, `${question} [y/N] `));
}

/** Asks for a name to be typed, where a slip of the fingers must not be enough; anything else is no. */
export async function confirmByName(context: Context, question: string, name: string): Promise<boolean> {
  return (await ask(context, `${question} Type "${name}" to go on: `)) === name;
}

/** @throws CommandFailure on Ctrl-C; an input that ends is an empty answer */
async function ask(context: Context, question: string): Promise<string> {
  const terminal = createInterface({ input: context.stdin, output: context.stderr });
  const ended = new Promise<string>((resolve, reject) => {
    terminal.once('SIGINT', () => {
      reject(new CommandFailure(EXIT.interrupted, 'interrupted; nothing was touched'));
    });
    terminal.once('close', () => {
      resolve('');
    });
  });
  try {
    return (await Promise.race([terminal.question(question), ended])).trim();
  } finally {
    terminal.close();
  }
}

/** True where a question can be asked and answered. */
export function canAsk(context: Context): boolean {
  return context.stdin.isTTY && context.stderr.isTTY;
}

import { createInterface } from 'node:readline/promises';
import type { Context } from '../context.ts';

/** Asks a yes-or-no question on the terminal; anything but yes is no. */
export async function confirm(context: Context, question: string): Promise<boolean> {
  const terminal = createInterface({ input: context.stdin, output: context.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

/** True where a question can be asked and answered. */
export function canAsk(context: Context): boolean {
  return context.stdin.isTTY && context.stderr.isTTY;
}

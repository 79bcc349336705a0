import type { Context, StackOption } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';

/** What may be asked of `run`. */
export interface RunOptions extends StackOption {
  readonly yes?: boolean;
  readonly tty: boolean;
  readonly json?: boolean;
}

export function run(
  _context: Context,
  _task: string | undefined,
  _args: readonly string[],
  _options: RunOptions,
): Promise<number> {
  return Promise.reject(new CommandFailure(EXIT.usage, 'run is on its way'));
}

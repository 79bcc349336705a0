import type { Context, StackOption } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';

/** What may be asked of `restart`. */
export type RestartOptions = StackOption;

export function restart(_context: Context, _services: readonly string[], _options: RestartOptions): Promise<number> {
  return Promise.reject(new CommandFailure(EXIT.usage, 'restart is on its way'));
}

import type { Context, StackOption } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';

/** What may be asked of `health`. */
export interface HealthOptions extends StackOption {
  readonly json?: boolean;
}

export function health(_context: Context, _options: HealthOptions): Promise<number> {
  return Promise.reject(new CommandFailure(EXIT.usage, 'health is on its way'));
}

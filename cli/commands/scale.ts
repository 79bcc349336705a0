import type { Context, StackOption } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';

/** What may be asked of `scale`. */
export interface ScaleOptions extends StackOption {
  readonly yes?: boolean;
  readonly skipSmoke?: boolean;
}

export function scale(_context: Context, _wanted: readonly string[], _options: ScaleOptions): Promise<number> {
  return Promise.reject(new CommandFailure(EXIT.usage, 'scale is on its way'));
}

import type { Context, StackOption } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';

/** What may be asked of `graph`. */
export interface GraphOptions extends StackOption {
  readonly format: 'mermaid' | 'dot';
}

export function graph(_context: Context, _options: GraphOptions): Promise<number> {
  return Promise.reject(new CommandFailure(EXIT.usage, 'graph is on its way'));
}

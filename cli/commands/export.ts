import type { Context, StackOption } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';

/** What may be asked of `export`. */
export interface ExportOptions extends StackOption {
  readonly output: string;
}

export function exportCompose(_context: Context, _options: ExportOptions): Promise<number> {
  return Promise.reject(new CommandFailure(EXIT.usage, 'export is on its way'));
}

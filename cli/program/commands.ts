import type { Command } from 'commander';
import type { Context } from '../context.ts';

/** What a group of commands is added with. Each command's module is loaded only when it runs. */
export interface Commands {
  /** Adds a command that works on a stack; `exitCodes`: the lines of its help that explain them, where they are its own. */
  readonly add: (name: string, description: string, examples: readonly string[], exitCodes?: string) => Command;
  /** Adds a command that works on no stack that there is already. */
  readonly plain: Commands['add'];
  /** Adds a command that has none but commands of its own; answers what these are added with. */
  readonly group: (name: string, description: string) => Commands['add'];
  /** Takes the exit code of an action over. */
  readonly runs: <A extends unknown[]>(action: (...args: A) => Promise<number>) => (...args: A) => Promise<void>;
  readonly context: Context;
}

import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { CommandFailure, EXIT } from '../exit-codes.ts';

/** Where timings go besides the terminal. */
export interface Target {
  /** Absolute. */
  readonly path: string;
  readonly format: 'svg' | 'json';
}

/**
 * Finds the file that is meant, and makes its folder.
 * @param wanted path as the user wrote it; true: the one that the command takes by itself
 * @throws CommandFailure if it can't be written, before anything else is done
 */
export function timingsTarget(projectDir: string, stack: string, wanted: string | true): Target {
  const path = wanted === true ? join(projectDir, '.slipway', `timings-${stack}.svg`) : resolve(wanted);
  const format = extname(path).slice(1);
  if (format !== 'svg' && format !== 'json') {
    throw new CommandFailure(
      EXIT.usage,
      `--timings ${String(wanted)}: not a name for a picture or for data; accepted: a file that ends in .svg or .json. Nothing was touched.`,
    );
  }
  try {
    mkdirSync(dirname(path), { recursive: true });
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) throw new Error('it is a folder');
    accessSync(found === undefined ? dirname(path) : path, constants.W_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(EXIT.usage, `--timings: ${path} can't be written (${reason}). Nothing was touched.`, {
      cause: error,
    });
  }
  return { path, format };
}

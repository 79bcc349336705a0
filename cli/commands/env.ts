import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toolchainEnvironment } from '../../tools/setup/environment.mjs';
import type { Context, StackOption } from '../context.ts';
import { writeLine } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { exportLines } from '../output/shell.ts';
import { backendFolder } from '../pulumi/backend.ts';
import { ensureStack } from '../pulumi/stack.ts';

/** What may be asked of `env`. */
export interface EnvOptions extends StackOption {
  readonly json?: boolean;
}

/**
 * Prints the toolchain as shell variables. In the project's own state folder it also makes the stack, so that a plain
 * `pulumi up --stack …` works on a fresh clone; a backend that somebody has chosen is left alone.
 */
export async function env(context: Context, options: EnvOptions): Promise<number> {
  const { projectDir } = context;
  const variables = toolchainEnvironment(projectDir, context.env);
  const full: Context = { ...context, env: { ...context.env, ...variables } };
  const isOurs = backendFolder(projectDir, full.env)?.startsWith(join(projectDir, '.slipway')) === true;
  if (isOurs && existsSync(join(projectDir, `Pulumi.${options.stack}.yaml`))) await ensureStack(full, options.stack);
  writeLine(context.stdout, options.json === true ? JSON.stringify(variables, undefined, 2) : exportLines(variables));
  return EXIT.ok;
}

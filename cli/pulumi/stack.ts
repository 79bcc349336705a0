import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeLine, type Context } from '../context.ts';
import { pulumi } from './cli.ts';
import { makeWayForOwnPassphrase } from './passphrase.ts';
import type { StackState } from './state.ts';
import { readState } from './state.ts';

/** The state of `stack`, which is made in the backend if it has none. */
export async function ensureStack(context: Context, stack: string): Promise<StackState> {
  const state = await readState(context, stack);
  if (state.exists) return state;
  if (makeWayForOwnPassphrase(stack, context)) {
    writeLine(
      context.stderr,
      `Pulumi.${stack}.yaml now takes your own passphrase: its salt for the one that everybody knows is gone`,
    );
  }
  const provider = secretsProvider(readFileSync(join(context.projectDir, `Pulumi.${stack}.yaml`), 'utf8'));
  const made = await pulumi(context, [
    ...['stack', 'init', '--stack', stack, '--no-select'],
    ...(provider === undefined ? [] : ['--secrets-provider', provider]),
  ]);
  if (made.exitCode !== 0 && !made.stderr.includes('already exists'))
    throw made.failure(`stack "${stack}" can't be made`);
  return { exists: true, resources: [], pending: 0 };
}

/** The secrets provider that a stack file names; undefined: a passphrase. */
export function secretsProvider(stackFile: string): string | undefined {
  return /^secretsprovider:\s*["']?([^\s"']+)/m.exec(stackFile)?.[1];
}

/**
 * Forgets the operations that a killed run left unfinished. What they made and the state does not know is swept by
 * label; what they changed is compared again by the next `up`.
 */
export async function clearPending(context: Context, stack: string): Promise<void> {
  const exported = await pulumi(context, ['stack', 'export', '--stack', stack]);
  if (exported.exitCode !== 0) throw exported.failure(`the state of stack "${stack}" can't be read`);
  const file = JSON.parse(exported.stdout) as { deployment: Record<string, unknown> };
  file.deployment['pending_operations'] = [];
  const imported = await pulumi(context, ['stack', 'import', '--stack', stack], JSON.stringify(file));
  if (imported.exitCode !== 0) throw imported.failure(`what a killed run left in stack "${stack}" can't be cleared`);
}

import type { Context } from '../context.ts';
import { pulumi } from '../pulumi/cli.ts';
import { ensureStack } from '../pulumi/stack.ts';

/**
 * Keeps values in the stack's encrypted configuration, one after the other. They go to Pulumi on its standard input:
 * arguments and variables of a process can be seen by others.
 * @param stored told each name that has been written
 * @throws CommandFailure if Pulumi does not take one, such as under a wrong passphrase
 */
export async function storeValues(
  context: Context,
  stack: string,
  values: ReadonlyMap<string, string>,
  stored: (name: string) => void,
): Promise<void> {
  await ensureStack(context, stack);
  for (const [name, value] of values) {
    // Pulumi takes one newline off the end.
    const result = await pulumi(
      context,
      ['config', 'set', '--secret', `secrets:${name}`, '--stack', stack],
      `${value}\n`,
    );
    if (result.exitCode !== 0) throw result.failure(`secret ${name} of stack "${stack}" can't be set`);
    stored(name);
  }
}

import type { InitOptions } from '../commands/init.ts';
import { names } from './arguments.ts';
import type { Commands } from './commands.ts';

/** The command that a stack begins with. */
export function addInit({ plain, runs, context }: Commands): void {
  plain('init', 'List the systems, or write the configuration of a stack that runs one of them.', [
    'slipway init',
    'slipway init linkflow --environment prod',
    'slipway init linkflow --environment dev --profiles migrate,scheduler --stack my-dev',
  ])
    .argument('[system]', 'system that the stack is to run; absent: the systems are listed')
    .option('-e, --environment <name>', 'dev, test or prod', 'dev')
    .option('--profiles <names>', 'parts of the system that run only where a stack asks for them', names)
    .option('-s, --stack <name>', 'name of the stack; absent: <system>-<environment>')
    .action(
      runs(async (system: string | undefined, options: InitOptions) =>
        (await import('../commands/init.ts')).init(context, system, options),
      ),
    );
}

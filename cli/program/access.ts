import type { EnvOptions } from '../commands/env.ts';
import type { ExecOptions } from '../commands/exec.ts';
import type { RunOptions } from '../commands/run.ts';
import { wholeNumber, withoutDashes } from './arguments.ts';
import type { Commands } from './commands.ts';

/** The commands that let a person in. */
export function addAccess({ add, runs, context }: Commands): void {
  add('exec', 'Run a command inside a running container of a service; its exit code is passed on.', [
    'slipway exec postgres -- psql -U linkflow',
    'slipway exec api --replica 2 -T -- env',
  ])
    .argument('<service>', 'service whose container to enter')
    .argument('<command...>', 'command and its arguments, after --')
    .option('--replica <n>', 'number of the replica (the first that runs, unless given)', wholeNumber)
    .option('-T, --no-tty', 'allocate no terminal')
    .action(
      runs(async (service: string, command: string[], options: ExecOptions) =>
        (await import('../commands/exec.ts')).exec(context, service, withoutDashes(command), options),
      ),
    );
  add('env', 'Print the toolchain as shell variables, for plain pulumi commands.', [
    'eval "$(npx slipway env)"',
    'pulumi up --stack dev',
  ])
    .option('--json', 'print as JSON')
    .action(runs(async (options: EnvOptions) => (await import('../commands/env.ts')).env(context, options)));
  add(
    'seed',
    'Write the examples of the system, those that are not there yet: `run seed`, for systems that declare such a task.',
    ['slipway seed', 'slipway seed --stack lomash-wood-dev'],
  )
    .argument('[arguments...]', 'further arguments for its command, after --')
    .option('-y, --yes', 'do not ask, where it destroys data')
    .option('-T, --no-tty', 'allocate no terminal')
    .action(
      runs(async (args: string[], options: RunOptions) =>
        (await import('../commands/seed.ts')).seed(context, withoutDashes(args), options),
      ),
    );
  add('run', 'Run a task that the system declares, such as a migration or a shell; without a name, list them.', [
    'slipway run',
    'slipway run migrate-fresh --yes --stack test',
    'slipway run shell-db',
    "slipway run shell-db -- -c 'select count(*) from workflow.executions'",
    "echo 'select 1' | slipway run shell-db",
  ])
    .argument('[task]', 'name of the task')
    .argument('[arguments...]', 'further arguments for its command, after --')
    .option('-y, --yes', 'do not ask before a destructive task')
    .option('-T, --no-tty', 'allocate no terminal')
    .option('--json', 'list the tasks as JSON')
    .action(
      runs(async (task: string | undefined, args: string[], options: RunOptions) =>
        (await import('../commands/run.ts')).run(context, task, withoutDashes(args), options),
      ),
    );
}

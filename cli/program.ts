import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { DownOptions } from './commands/down.ts';
import type { EnvOptions } from './commands/env.ts';
import type { ExecOptions } from './commands/exec.ts';
import type { LogsOptions } from './commands/logs.ts';
import type { PlanOptions } from './commands/plan.ts';
import type { PreviewOptions } from './commands/preview.ts';
import type { SmokeOptions } from './commands/smoke.ts';
import type { StatusOptions } from './commands/status.ts';
import type { UpOptions } from './commands/up.ts';
import type { Context, StackOption } from './context.ts';
import { writeLine } from './context.ts';
import { CommandFailure, EXIT, EXIT_CODE_HELP } from './exit-codes.ts';
import { environmentFor } from './pulumi/passphrase.ts';

/** Runs the command that `args` name and says how it ended; throws only what is a defect of ours. */
export async function run(args: readonly string[], context: Context): Promise<number> {
  const outcome: Outcome = { exitCode: EXIT.ok };
  try {
    await assemble(context, outcome).parseAsync(args, { from: 'user' });
    return outcome.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof CommandFailure)) throw error;
    writeLine(context.stderr, `slipway: ${error.message}`);
    return error.exitCode;
  }
}

interface Outcome {
  exitCode: number;
}

function assemble(outer: Context, outcome: Outcome): Command {
  let { env } = outer;
  const context: Context = {
    ...outer,
    get env() {
      return env;
    },
  };
  const program = new Command('slipway')
    .description('Container systems on your own hosts: deployed by Pulumi, health-gated, proven by work.')
    .version(ownVersion(), '-V, --version', 'print the version')
    .addHelpText('after', `\n${EXIT_CODE_HELP}`)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
    })
    .hook('preAction', (_program, command) => {
      env = environmentFor(command.opts<StackOption>().stack, outer);
    });
  const add = (name: string, description: string, examples: readonly string[]): Command =>
    program
      .command(name)
      .description(description)
      .option('-s, --stack <name>', 'stack to work on: Pulumi.<name>.yaml describes it', 'dev')
      .addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}\n\n${EXIT_CODE_HELP}`);
  const runs =
    <A extends unknown[]>(action: (...args: A) => Promise<number>) =>
    async (...args: A): Promise<void> => {
      outcome.exitCode = await action(...args);
    };
  addChanges(add, runs, context);
  addViews(add, runs, context);
  addAccess(add, runs, context);
  return program;
}

function ownVersion(): string {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}

type Add = (name: string, description: string, examples: readonly string[]) => Command;
type Runs = <A extends unknown[]>(action: (...args: A) => Promise<number>) => (...args: A) => Promise<void>;

/** The commands that change a stack; each command's module is loaded only when it runs. */
function addChanges(add: Add, runs: Runs, context: Context): void {
  add('up', 'Bring the stack to what its configuration says, then prove it by one real piece of work.', [
    'slipway up',
    'slipway up --stack test --skip-smoke',
  ])
    .option('-y, --yes', 'ask nothing (a prod stack asks on a terminal)')
    .option('--skip-smoke', 'do not prove the deployment by work at the end')
    .option('--parallel <n>', 'operations that may run at once', wholeNumber, 64)
    .action(runs(async (options: UpOptions) => (await import('./commands/up.ts')).up(context, options)));
  add('preview', 'Show what `up` would do, service by service; changes nothing.', [
    'slipway preview --diff',
    'slipway preview --expect-no-changes',
  ])
    .option('--diff', 'show the values that change, old and new')
    .option('--expect-no-changes', 'exit 1 if anything would change')
    .option('--json', 'print the changes as JSON')
    .action(runs(async (options: PreviewOptions) => (await import('./commands/preview.ts')).preview(context, options)));
  add('down', 'Remove what runs; data volumes and the secrets that belong to them stay.', [
    'slipway down',
    'slipway down --volumes --yes',
  ])
    .option('--volumes', 'remove data volumes and secrets too')
    .option('-y, --yes', 'ask nothing')
    .action(runs(async (options: DownOptions) => (await import('./commands/down.ts')).down(context, options)));
}

/** The commands that show something. */
function addViews(add: Add, runs: Runs, context: Context): void {
  add('status', 'Show services, replicas, health and what they use; exit 1 if anything is not as planned.', [
    'slipway status',
    'slipway status -v --stack test',
  ])
    .option('-v, --verbose', 'a line for each replica')
    .option('--json', 'print as JSON')
    .action(runs(async (options: StatusOptions) => (await import('./commands/status.ts')).status(context, options)));
  add('logs', 'Show the logs of services (all of them, unless named), interleaved.', [
    'slipway logs -f api worker',
    'slipway logs --since 10m --tail 100',
  ])
    .argument('[services...]', 'services whose logs to show')
    .option('-f, --follow', 'go on with what comes, through restarts and new replicas')
    .option('--since <when>', 'from this long ago (90s, 10m, 2h, 1d) or this time (ISO 8601) on')
    .option('--tail <n>', 'the last n lines of each replica', wholeNumber)
    .action(
      runs(async (services: string[], options: LogsOptions) =>
        (await import('./commands/logs.ts')).logs(context, services, options),
      ),
    );
  add('plan', 'Print the resolved plan; needs no engine and no Pulumi.', ['slipway plan', 'slipway plan --json'])
    .option('--json', 'print as JSON')
    .action(runs(async (options: PlanOptions) => (await import('./commands/plan.ts')).plan(context, options)));
  add('smoke', 'Prove a running stack: one real piece of work through it, and its trail.', [
    'slipway smoke',
    'slipway smoke --json',
  ])
    .option('--json', 'print as JSON')
    .action(runs(async (options: SmokeOptions) => (await import('./commands/smoke.ts')).smoke(context, options)));
}

/** The commands that let a person in. */
function addAccess(add: Add, runs: Runs, context: Context): void {
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
        (await import('./commands/exec.ts')).exec(context, service, withoutDashes(command), options),
      ),
    );
  add('env', 'Print the toolchain as shell variables, for plain pulumi commands.', [
    'eval "$(npx slipway env)"',
    'pulumi up --stack dev',
  ])
    .option('--json', 'print as JSON')
    .action(runs(async (options: EnvOptions) => (await import('./commands/env.ts')).env(context, options)));
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It has to be a whole number from 1 on.');
  return Number(text);
}

/** A command as it follows the service: the dashes only tell where it begins. */
function withoutDashes(command: readonly string[]): readonly string[] {
  return command[0] === '--' ? command.slice(1) : command;
}

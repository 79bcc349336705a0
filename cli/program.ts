import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { EngineConnectionError } from '../engine/connection.ts';
import { brokenDescription } from './broken-description.ts';
import type { Context, StackOption } from './context.ts';
import { writeLine } from './context.ts';
import { CommandFailure, EXIT, EXIT_CODE_HELP } from './exit-codes.ts';
import { addAccess } from './program/access.ts';
import { addChanges } from './program/changes.ts';
import type { Commands } from './program/commands.ts';
import { addInit } from './program/init.ts';
import { addReleases } from './program/releases.ts';
import { addSecrets } from './program/secrets.ts';
import { addViews } from './program/views.ts';
import { environmentFor } from './pulumi/passphrase.ts';

/** Runs the command that `args` name and says how it ended; throws only what is a defect of ours. */
export async function run(args: readonly string[], context: Context): Promise<number> {
  const outcome: Outcome = { exitCode: EXIT.ok };
  try {
    await assemble(context, outcome).parseAsync(args, { from: 'user' });
    return outcome.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof EngineConnectionError) {
      writeLine(context.stderr, `slipway: ${lost(error)}`);
      return EXIT.failed;
    }
    const broken = brokenDescription(error, context.projectDir);
    if (broken !== undefined) {
      writeLine(context.stderr, `slipway: ${broken}`);
      return EXIT.usage;
    }
    if (!(error instanceof CommandFailure)) throw error;
    writeLine(context.stderr, `slipway: ${error.message}`);
    return error.exitCode;
  }
}

/** What to say of an engine that answered when the command began, and does no longer. */
function lost({ host, message }: EngineConnectionError): string {
  return [
    `the Docker engine at ${host} has stopped answering (${message}).`,
    'What the command had begun may be half done: run it again once the engine answers; it goes on from what it finds.',
  ].join('\n');
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
  const plainTo =
    (parent: Command): Commands['add'] =>
    (name, description, examples, exitCodes = EXIT_CODE_HELP) =>
      parent
        .command(name)
        .description(description)
        .addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}\n\n${exitCodes}`);
  const addTo =
    (parent: Command): Commands['add'] =>
    (...command) =>
      plainTo(parent)(...command).option(
        ...(['-s, --stack <name>', 'stack to work on: Pulumi.<name>.yaml describes it', 'dev'] as const),
      );
  const [plain, add] = [plainTo(program), addTo(program)];
  const group: Commands['group'] = (name, description) =>
    addTo(
      program.command(name).description(description).helpCommand(false).addHelpText('after', `\n${EXIT_CODE_HELP}`),
    );
  const runs: Commands['runs'] =
    (action) =>
    async (...args) => {
      outcome.exitCode = await action(...args);
    };
  const commands: Commands = { add, plain, group, runs, context };
  addInit(commands);
  addChanges(commands);
  addReleases(commands);
  addViews(commands);
  addAccess(commands);
  addSecrets(commands);
  return program;
}

function ownVersion(): string {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}

import { InvalidArgumentError, type Command } from 'commander';

/**
 * A whole number from 1 on.
 * @throws InvalidArgumentError for anything else
 */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It has to be a whole number from 1 on.');
  return Number(text);
}

/** A command as it follows the service: the dashes only tell where it begins. */
export function withoutDashes(command: readonly string[]): readonly string[] {
  return command[0] === '--' ? command.slice(1) : command;
}

/**
 * Names with commas between, each once.
 * @throws InvalidArgumentError if one is missing
 */
export function names(text: string): readonly string[] {
  const all = text.split(',').map((name) => name.trim());
  if (all.includes('')) throw new InvalidArgumentError('It has to be names with commas between: postgres,redis.');
  return [...new Set(all)];
}

/** What every deployment takes. */
export function deploys(command: Command, yes = 'ask nothing (a prod stack asks on a terminal)'): Command {
  return command
    .option('-y, --yes', yes)
    .option('-m, --message <text>', 'what `slipway history` is to say about it; no place for a secret')
    .option('--skip-smoke', 'do not prove the deployment by work at the end')
    .option('--parallel <n>', 'operations that may run at once', wholeNumber, 64)
    .option(
      '--timings [file]',
      'say where the time went, and draw it (.svg, below .slipway by default; .json for data)',
    );
}

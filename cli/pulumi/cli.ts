import { spawn } from 'node:child_process';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import type { Context } from '../context.ts';

/** How a short Pulumi command ended. */
export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The failure to throw if the command had to succeed; `what` says what can't be done now. */
  readonly failure: (what: string) => CommandFailure;
}

/**
 * Runs a short Pulumi command in the project's folder, without questions. In a session of its own: a terminal's Ctrl-C
 * reaches us alone, and whoever has asked ends with what the command says, not with its being cut off.
 */
export async function pulumi(context: Context, args: readonly string[], input?: string): Promise<CliResult> {
  const child = spawn('pulumi', [...args, '--non-interactive'], {
    cwd: context.projectDir,
    env: context.env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on('error', () => undefined); // It may end without reading its input: its exit code tells.
  child.stdin.end(input ?? '');
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', (error) => {
      reject(notRunnable(error));
    });
    child.once('close', (code, signal) => {
      resolve(code ?? (signal === 'SIGINT' ? EXIT.interrupted : EXIT.failed));
    });
  });
  const errors = Buffer.concat(stderr).toString('utf8');
  return {
    exitCode,
    stdout: Buffer.concat(stdout).toString('utf8'),
    stderr: errors,
    failure: (what) => cliFailure(what, errors),
  };
}

/** What to say when Pulumi itself can't be started. */
export function notRunnable(error: Error): CommandFailure {
  return new CommandFailure(
    EXIT.prerequisite,
    `Pulumi can't be started (${error.message}): start slipway through \`npx slipway\` or \`npm run up\`, which set it up`,
    { cause: error },
  );
}

/** Judges what Pulumi wrote to its error stream: what it means for the user, and which exit code it deserves. */
export function cliFailure(what: string, stderr: string): CommandFailure {
  const text = stderr
    .split('\n')
    .map((line) => line.replace(/^(error|warning): /, '').trimEnd())
    .filter((line) => line !== '')
    .join('\n  ');
  if (/currently locked by|another update is currently in progress|conflict: another update/i.test(stderr)) {
    return new CommandFailure(
      EXIT.busy,
      `${what}: another operation holds the stack. If it was killed, its lock is stale: \`pulumi cancel\` clears it.\n  ${text}`,
    );
  }
  if (/incorrect passphrase|passphrase must be set|PULUMI_CONFIG_PASSPHRASE/.test(stderr)) {
    return new CommandFailure(
      EXIT.prerequisite,
      `${what}: its passphrase is missing, or not the one that the stack was made with. ` +
        `Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.\n  ${text}`,
    );
  }
  return new CommandFailure(EXIT.failed, `${what}: ${text === '' ? 'Pulumi gave no reason' : text}`);
}

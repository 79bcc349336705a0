/** What a command's exit code means; the same for every command, shown by `slipway --help`. */
export const EXIT = {
  /** Done, and everything as planned. */
  ok: 0,
  /** What was asked for failed, or something is not as planned. */
  failed: 1,
  /** Wrong usage, or bad input: nothing was touched. */
  usage: 2,
  /** Something that has to be there is missing: the engine, Pulumi, a passphrase. */
  prerequisite: 3,
  /** Another operation holds the stack. */
  busy: 4,
  /** Interrupted by Ctrl-C or SIGTERM. */
  interrupted: 130,
} as const;

/** What the exit code of `drift` means: of its own, so that a script tells drift from whatever else went wrong. */
export const DRIFT_EXIT = { none: 0, failed: 1, drift: 2 } as const;

/** The lines of `drift --help` that explain {@link DRIFT_EXIT}. */
export const DRIFT_EXIT_HELP = [
  'Exit codes of this command:',
  `  ${DRIFT_EXIT.none}    no drift`,
  `  ${DRIFT_EXIT.failed}    it could not be told: wrong usage, bad input, a prerequisite is missing, another operation holds the stack`,
  `  ${DRIFT_EXIT.drift}    drift`,
  `  ${EXIT.interrupted}  interrupted`,
].join('\n');

/** The lines of `--help` that explain {@link EXIT}. */
export const EXIT_CODE_HELP = [
  'Exit codes:',
  `  ${EXIT.ok}    done, and everything as planned`,
  `  ${EXIT.failed}    what was asked for failed, or something is not as planned`,
  `  ${EXIT.usage}    wrong usage or bad input; nothing was touched`,
  `  ${EXIT.prerequisite}    a prerequisite is missing (engine unreachable, Pulumi missing, wrong passphrase)`,
  `  ${EXIT.busy}    another operation holds the stack`,
  `  ${EXIT.interrupted}  interrupted`,
].join('\n');

/** An expected way to fail: its message is all that the user needs to see, its code how the command ends. */
export class CommandFailure extends Error {
  override name = 'CommandFailure';
  /** How the command ends. */
  readonly exitCode: number;

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

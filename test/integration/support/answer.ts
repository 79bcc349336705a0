/** What a command answered. */
export interface Answer {
  readonly exitCode: number;
  /** Both streams. */
  readonly all: string;
}

/**
 * Expects an exit code, and shows all that the command printed when it is another.
 *
 * @param answer of the command
 * @param code that is expected
 * @returns the answer, for further expectations
 * @throws Error with the whole output
 */
export function exits<Kind extends Answer>(answer: Kind, code: number): Kind {
  if (answer.exitCode === code) return answer;
  throw new Error(`exit code ${answer.exitCode.toString()}, expected ${code.toString()}. It printed:\n${answer.all}`);
}

import { writeLine, type Context } from '../context.ts';
import { offset } from '../progress/plain.ts';

/** Says what a command is at, once it takes longer than people wait without wondering. */
export interface Steps {
  /** What comes now, e.g. `reading the secrets`. */
  readonly begin: (what: string) => void;
  readonly end: () => void;
}

/** How long a command may be silent, in ms. */
const SILENCE_MS = 3000;

/** Steps that are said on the error stream: the one under way, every few seconds. */
export function takeSteps(context: Context, startedMs = Date.now()): Steps {
  let step = '';
  const timer = setInterval(() => {
    writeLine(context.stderr, `${offset(startedMs, Date.now())} ${step}`);
  }, SILENCE_MS);
  return {
    begin: (what) => {
      step = what;
    },
    end: () => {
      clearInterval(timer);
    },
  };
}

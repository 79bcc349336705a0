/** A part of a terminal that is drawn over and over. */
export interface Screen {
  /** Replaces what was drawn before; no line may be wider than the terminal, nor may there be more than it holds. */
  readonly draw: (lines: readonly string[]) => void;
  /** Forgets what was drawn and empties the terminal: after a change of its size, nobody knows where a line stands. */
  readonly clear: () => void;
  /** Gives the terminal back; what was drawn last stays. */
  readonly end: () => void;
}

const ESC = '\u001b[';
const HIDE_CURSOR = `${ESC}?25l`;
const SHOW_CURSOR = `${ESC}?25h`;
const ERASE_TO_END_OF_LINE = `${ESC}K`;
const ERASE_BELOW = `${ESC}J`;
const CLEAR = `${ESC}H${ESC}2J`;

/** Draws on a terminal, in place: each line over the one before it, in one writing, so that nothing flickers. */
export function screenOn(stream: NodeJS.WritableStream): Screen {
  let drawn = 0;
  return {
    draw: (lines) => {
      const up = drawn === 0 ? '' : `${ESC}${drawn}F`;
      const text = lines.map((line) => `${line}${ERASE_TO_END_OF_LINE}\n`).join('');
      stream.write(`${HIDE_CURSOR}${up}${text}${ERASE_BELOW}`);
      drawn = lines.length;
    },
    clear: () => {
      stream.write(CLEAR);
      drawn = 0;
    },
    end: () => {
      stream.write(SHOW_CURSOR);
    },
  };
}

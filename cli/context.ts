import { styleText } from 'node:util';

/** What a command is given of the world: nothing in `cli/` reads it from elsewhere. */
export interface Context {
  /** The project's root folder. */
  readonly projectDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadStream;
  /** Results. */
  readonly stdout: NodeJS.WriteStream;
  /** Problems and progress of commands whose results are data. */
  readonly stderr: NodeJS.WriteStream;
}

/** What every command accepts. */
export interface StackOption {
  /** Pulumi's name of the stack, e.g. `dev`. */
  readonly stack: string;
}

/** Styles in use; a name each, as `node:util` knows them. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** Leaves every text as it is. */
export const unpainted: Paint = (_style, text) => text;

/** Colours for `stream`: none where it is no terminal, or NO_COLOR is set. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  return (style, text) => styleText(style, text, { stream });
}

/** Writes `text` and a line break. */
export function writeLine(stream: NodeJS.WritableStream, text: string): void {
  stream.write(`${text}\n`);
}

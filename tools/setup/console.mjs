/** After how long a step shows what it is doing, and how often it says so where lines can't be rewritten; milliseconds. */
const quietFor = 3000;
const everyWhile = 15_000;

/** Empties the terminal's current line. */
const clear = '\r\u001b[K';

/**
 * The lines of a setup on a stream: a terminal sees the running step's time and its last line of output change in
 * place, a log file gets a line every 15 s.
 * @param {NodeJS.WriteStream} stream
 * @returns {import('./runner.mjs').Console}
 */
export function consoleOn(stream) {
  return {
    line: (text) => {
      stream.write(`${text}\n`);
    },
    begin: (name) => {
      const started = Date.now();
      let last = '';
      let told = started;
      const seconds = () => (Date.now() - started) / 1000;
      const show = () => {
        if (Date.now() - started < quietFor) return;
        const text = `  … ${name}: ${seconds().toFixed(0)} s${last === '' ? '' : `  ${last}`}`;
        if (stream.isTTY) stream.write(`${clear}${text.slice(0, Math.max(20, stream.columns - 1))}`);
        else if (Date.now() - told >= everyWhile) {
          told = Date.now();
          stream.write(`${text}\n`);
        }
      };
      const timer = setInterval(show, stream.isTTY ? 200 : 1000);
      return {
        report: (line) => {
          last = line.trim();
        },
        tell: (line) => {
          stream.write(`${stream.isTTY ? clear : ''}  ${line}\n`);
        },
        end: () => {
          clearInterval(timer);
          if (stream.isTTY) stream.write(clear);
          return seconds();
        },
      };
    },
  };
}

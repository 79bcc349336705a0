import { spawn } from 'node:child_process';
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SetupError } from './errors.mjs';

/** How many of a failing command's lines are kept: the first that tell of an error, and the last. */
const kept = { errors: 5, last: 12 };

/**
 * @typedef {object} CommandOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] the whole environment; the caller's own when left out
 * @property {(line: string) => void} [report] told each line of output as it comes
 * @property {string} [remedy] what to do when it fails
 * @property {number} [timeout] milliseconds
 */

/**
 * Runs a command to its end, without standard input.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {CommandOptions} [options]
 * @returns {Promise<string>} its standard output
 * @throws {SetupError} when it can't be started or exits non-zero, with its last lines
 */
export function run(command, args, options = {}) {
  const shown = [command, ...args].join(' ');
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeout,
    });
    /** @type {string[]} */
    const errors = [];
    /** @type {string[]} */
    const last = [];
    let output = '';
    const keep = lineReader((line) => {
      last.push(line);
      const passed = last.length > kept.last ? last.shift() : undefined;
      if (passed !== undefined && errors.length < kept.errors && /error|fail|fatal/i.test(passed)) errors.push(passed);
      options.report?.(line);
    });
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      output += text;
      keep(text);
    });
    child.stderr.setEncoding('utf8').on('data', keep);
    /** @param {string} what */
    const fail = (what) => {
      reject(
        new SetupError(what, {
          lines: [...errors, ...last],
          ...(options.remedy === undefined ? {} : { remedy: options.remedy }),
        }),
      );
    };
    child.on('error', (error) => {
      fail(`could not run \`${shown}\`: ${error.message}`);
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else fail(`\`${shown}\` ${signal === null ? `exited with ${code ?? '?'}` : `was ended by ${signal}`}`);
    });
  });
}

/**
 * @param {(line: string) => void} take told every whole, non-empty line; a carriage return ends a line too
 * @returns {(text: string) => void}
 */
export function lineReader(take) {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split(/[\r\n]+/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') take(line.trimEnd());
  };
}

/**
 * @param {string} name
 * @param {string | undefined} path a PATH
 * @returns {string[]} every executable of that name on the path, first come first
 */
export function allOnPath(name, path) {
  return (path ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .filter(isExecutable);
}

/**
 * @param {string} file
 * @returns {boolean}
 */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * @param {string} file
 * @returns {string} an identity that changes when the file is replaced: where it really is, its size and time
 */
export function identityOf(file) {
  const real = realpathSync(file);
  const { size, mtimeMs } = statSync(real);
  return `${real} ${size} ${mtimeMs}`;
}

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** @type {readonly NodeJS.Signals[]} */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program in our stead: on our terminal, told of every signal, waited for to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env: NodeJS.ProcessEnv, onOutput?: (text: Buffer) => void }} options `onOutput` gets what it
 *   prints, of which the terminal then gets nothing: for one that runs beside others
 * @returns {Promise<number>} its exit code; 128 + the signal's number when a signal ended it, as a shell says it
 */
export function standInFor(command, args, { onOutput, ...options }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { ...options, stdio: onOutput ? ['ignore', 'pipe', 'pipe'] : 'inherit' });
    for (const stream of [child.stdout, child.stderr]) if (onOutput) stream?.on('data', onOutput);
    /** @param {NodeJS.Signals} signal */
    const pass = (signal) => {
      // Ctrl-C reaches every process in the terminal's foreground by itself, and twice means more than once.
      if (signal !== 'SIGINT' || !isInForeground()) child.kill(signal);
    };
    for (const signal of signals) process.on(signal, pass);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      for (const name of signals) process.off(name, pass);
      resolve(code ?? 128 + (signal === null ? 0 : (numbers[signal] ?? 0)));
    });
  });
}

/** @type {Partial<Record<NodeJS.Signals, number>>} */
const numbers = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGPIPE: 13, SIGTERM: 15 };

/** @returns {boolean} whether we are in the group of processes that a terminal sends its Ctrl-C to */
function isInForeground() {
  try {
    return isForegroundGroup(readFileSync('/proc/self/stat', 'utf8'));
  } catch {
    return false;
  }
}

/**
 * @param {string} stat the text of /proc/<pid>/stat
 * @returns {boolean} whether the process's group is its terminal's foreground group
 */
export function isForegroundGroup(stat) {
  // The name, in parentheses, may hold spaces; after it: state, parent, group, session, terminal, foreground group.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[2] !== undefined && fields[2] === fields[5];
}

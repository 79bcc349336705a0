import { isRecord } from './setup/files.mjs';

/** Every part of `npm test`, from the cheapest to the dearest: a claim that fails early is heard of early. */
export const checks = /** @type {const} */ (['format', 'lint', 'types']);
/** Folders of tests that need no engine. */
export const quickTests = /** @type {const} */ (['unit', 'property', 'golden']);
/** Folders of tests that deploy. */
export const engineTests = /** @type {const} */ (['conformance', 'integration']);

/** @typedef {(typeof checks)[number] | (typeof quickTests)[number] | (typeof engineTests)[number]} Part */

/** @type {readonly string[]} */
const parts = [...checks, ...quickTests, ...engineTests];

/**
 * @param {readonly string[]} args of the command line: names of parts first, then what jest is to be told
 * @returns {{ parts: readonly Part[], named: boolean, jest: readonly string[] }} all parts where none is named
 */
export function select(args) {
  const end = args.findIndex((arg) => !parts.includes(arg));
  const count = end === -1 ? args.length : end;
  const named = count > 0;
  return { parts: /** @type {Part[]} */ (named ? args.slice(0, count) : parts), named, jest: args.slice(count) };
}

/**
 * @typedef {object} Tally
 * @property {number} passed
 * @property {number} failed tests that failed, and files that could not be run at all
 * @property {number} skipped
 */

/**
 * @param {unknown} report what jest wrote with --json; undefined when it did not get that far
 * @param {number} exitCode jest's own, which also knows of what is wrong outside a test
 * @returns {Tally}
 */
export function tally(report, exitCode) {
  if (!isRecord(report)) return { passed: 0, failed: 1, skipped: 0 };
  /** @param {string} key */
  const count = (key) => (typeof report[key] === 'number' ? report[key] : 0);
  const failed = count('numFailedTests') + count('numRuntimeErrorTestSuites');
  return {
    passed: count('numPassedTests'),
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: count('numPendingTests') + count('numTodoTests'),
  };
}

/**
 * @param {readonly Tally[]} tallies
 * @returns {Tally}
 */
export function sum(tallies) {
  return tallies.reduce(
    (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/**
 * @param {Tally} total
 * @returns {string} the last line of a run
 */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

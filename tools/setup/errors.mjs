import { isRecord } from './files.mjs';

/** A step that could not be done: what happened, what to do about it, and what the failing command said last. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {{ remedy?: string, lines?: readonly string[], cause?: unknown }} [details]
   */
  constructor(message, details = {}) {
    super(message, { cause: details.cause });
    this.name = 'SetupError';
    /** @readonly */
    this.remedy = details.remedy;
    /** @readonly @type {readonly string[]} */
    this.lines = details.lines ?? [];
  }
}

/**
 * @param {unknown} error
 * @returns {string}
 */
export function messageOf(error) {
  return textAt(error, 'message') ?? String(error);
}

/**
 * @param {unknown} error
 * @returns {string | undefined} the system's code, such as ENOENT
 */
export function codeOf(error) {
  return textAt(error, 'code');
}

/**
 * Looks at the shape alone: an error that comes from another realm is no instance of ours.
 * @param {unknown} error
 * @param {string} key
 * @returns {string | undefined}
 */
function textAt(error, key) {
  const value = isRecord(error) ? error[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}

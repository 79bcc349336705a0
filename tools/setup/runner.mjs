import { SetupError, messageOf } from './errors.mjs';

/**
 * What a step gets to work with.
 * @typedef {object} Context
 * @property {import('./layout.mjs').Layout} layout
 * @property {NodeJS.ProcessEnv} env the user's environment
 * @property {(line: string) => void} report tells what is going on right now; shown in passing, or not at all
 * @property {(line: string) => void} tell says what the user has to know, for good
 */

/** @typedef {Omit<Context, 'report' | 'tell'>} Base */

/**
 * One thing that has to be there.
 * @typedef {object} Step
 * @property {string} name in a few words, with the version
 * @property {string} why what it is needed for
 * @property {(context: Context) => Promise<string | undefined>} done a fast check: what is there, in a few words;
 *   undefined when the step has to run
 * @property {(context: Context) => Promise<void>} run makes it so
 */

/**
 * Where the lines of a setup go: one for each step that has something to tell.
 * @typedef {object} Console
 * @property {(line: string) => void} line
 * @property {(name: string) => Progress} begin a step that takes a while
 */

/**
 * @typedef {object} Progress
 * @property {(line: string) => void} report what is going on right now
 * @property {(line: string) => void} tell a line that stays
 * @property {() => number} end stops the display; seconds since the beginning
 */

const silence = { report: () => undefined, tell: () => undefined };

/**
 * Brings a machine to the point where every step is done. A machine that is there already hears nothing.
 * @param {readonly Step[]} steps in the order in which they build on each other
 * @param {Base} base
 * @param {Console} out
 * @param {(missing: readonly Step[]) => Promise<void>} preflight called once, before anything is changed, with the
 *   steps that have to run; throws when they can't
 * @returns {Promise<void>}
 * @throws {SetupError} when a step fails
 */
export async function ensure(steps, base, out, preflight) {
  const checking = { ...base, ...silence };
  const found = [];
  for (const step of steps) found.push({ step, detail: await step.done(checking) });
  const missing = found.filter(({ detail }) => detail === undefined).map(({ step }) => step);
  if (missing.length === 0) return;
  await preflight(missing);
  for (const { step, detail } of found) {
    if (detail !== undefined) out.line(`✓ ${step.name} (${detail})`);
    else await perform(step, base, out);
  }
}

/**
 * @param {Step} step
 * @param {Base} base
 * @param {Console} out
 */
async function perform(step, base, out) {
  const checking = { ...base, ...silence };
  // An earlier step may have brought it along.
  const already = await step.done(checking);
  if (already !== undefined) {
    out.line(`✓ ${step.name} (${already})`);
    return;
  }
  out.line(`→ ${step.name}: ${step.why}`);
  const progress = out.begin(step.name);
  try {
    await step.run({ ...base, report: progress.report, tell: progress.tell });
  } catch (error) {
    progress.end();
    throw asStepError(step, error);
  }
  const seconds = progress.end();
  const detail = await step.done(checking);
  if (detail === undefined) {
    throw new SetupError(`${step.name}: everything went well, and yet it is not there`);
  }
  out.line(`✓ ${step.name} (${detail}, ${seconds.toFixed(1)} s)`);
}

/**
 * @param {Step} step
 * @param {unknown} error
 * @returns {SetupError}
 */
function asStepError(step, error) {
  const message = `${step.name}: ${messageOf(error)}`;
  if (!(error instanceof SetupError)) return new SetupError(message, { cause: error });
  const { remedy, lines } = error;
  return new SetupError(message, { lines, cause: error, ...(remedy === undefined ? {} : { remedy }) });
}

/**
 * @param {unknown} error
 * @returns {string} what went wrong, the last lines of the command that did, and what to do
 */
export function renderError(error) {
  const lines = [`✗ ${messageOf(error)}`];
  if (error instanceof SetupError) {
    lines.push(...error.lines.map((line) => `    │ ${line}`));
    if (error.remedy !== undefined) lines.push(`  → ${error.remedy}`);
  }
  return lines.join('\n');
}

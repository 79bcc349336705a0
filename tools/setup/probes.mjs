import { join } from 'node:path';
import { isRecord, readJson, writeAtomically } from './files.mjs';

/** How long the network's answers are believed, in milliseconds: a day. */
const maxAge = 24 * 60 * 60 * 1000;

/** How long to wait for an answer, in milliseconds. */
const patience = 3000;

/**
 * What was last found out about the network, kept in the cache so that a warm run asks nobody.
 * @typedef {object} Verdict
 * @property {boolean} value
 * @property {number} at milliseconds since the epoch
 */

/**
 * @param {import('./layout.mjs').Layout} layout
 * @param {string} name
 * @returns {Verdict | undefined} the last verdict, however old
 */
export function lastVerdict(layout, name) {
  const verdict = readJson(fileOf(layout, name));
  return isRecord(verdict) && typeof verdict['value'] === 'boolean' && typeof verdict['at'] === 'number'
    ? { value: verdict['value'], at: verdict['at'] }
    : undefined;
}

/**
 * @param {import('./layout.mjs').Layout} layout
 * @param {string} name
 * @param {() => Promise<boolean>} ask asked when there is no verdict of the last day
 * @returns {Promise<boolean>}
 */
export async function verdictOf(layout, name, ask) {
  const last = lastVerdict(layout, name);
  if (last !== undefined && Math.abs(Date.now() - last.at) < maxAge) return last.value;
  const value = await ask();
  writeAtomically(fileOf(layout, name), JSON.stringify({ value, at: Date.now() }));
  return value;
}

/**
 * Whether the vendors' downloads can be reached from here. SLIPWAY_OFFLINE=1 says no without asking.
 * @param {import('./layout.mjs').Layout} layout
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<boolean>}
 */
export async function vendorsReachable(layout, env) {
  if (isOffline(env)) return false;
  return verdictOf(layout, 'vendors', () => answers('https://get.pulumi.com/'));
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {boolean}
 */
export function isOffline(env) {
  return env['SLIPWAY_OFFLINE'] === '1';
}

/**
 * @param {string} url
 * @returns {Promise<boolean>} whether anything at all answers there
 */
async function answers(url) {
  try {
    await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(patience) });
    return true;
  } catch {
    return false;
  }
}

/** The suites that images take packages from, and whose index says until when it is valid. */
const suites = ['trixie-updates', 'forky'];

/**
 * Whether a package mirror is a frozen snapshot: the index of one of its suites says that it is no longer valid.
 * @param {string} mirror the archive's address, without a slash at its end
 * @returns {Promise<boolean>} false too when the mirror does not answer
 */
export async function mirrorExpired(mirror) {
  const answers = await Promise.all(suites.map((suite) => suiteExpired(`${mirror}/dists/${suite}/InRelease`)));
  return answers.includes(true);
}

/**
 * @param {string} index address of an InRelease file
 * @returns {Promise<boolean>}
 */
async function suiteExpired(index) {
  try {
    const response = await fetch(index, { signal: AbortSignal.timeout(patience) });
    return response.ok && releaseExpired(await response.text(), new Date());
  } catch {
    return false;
  }
}

/**
 * @param {string} release the text of a Release file
 * @param {Date} now
 * @returns {boolean}
 */
export function releaseExpired(release, now) {
  const until = /^Valid-Until: (.+)$/m.exec(release)?.[1];
  return until !== undefined && Date.parse(until) < now.getTime();
}

/**
 * @param {import('./layout.mjs').Layout} layout
 * @param {string} name
 * @returns {string}
 */
function fileOf(layout, name) {
  return join(layout.cache, 'probes', `${name}.json`);
}

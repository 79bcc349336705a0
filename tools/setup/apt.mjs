import { existsSync, writeFileSync } from 'node:fs';
import { allOnPath, run } from './commands.mjs';
import { SetupError } from './errors.mjs';

/**
 * @typedef {object} AptOptions
 * @property {NodeJS.ProcessEnv} env
 * @property {(line: string) => void} report
 */

/** @param {NodeJS.ProcessEnv} env */
const unattended = (env) => ({ ...env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' });

/**
 * Reads the package lists anew. One source that can't be reached does not keep the others from being read; whether the
 * wanted packages are among them shows when they are installed.
 * @param {AptOptions} options
 */
export async function updateLists({ env, report }) {
  /** @type {string[]} */
  const lines = [];
  /** @param {string[]} extra */
  const update = async (extra) => {
    await run('apt-get', ['update', ...extra], {
      env: unattended(env),
      report: (line) => {
        lines.push(line);
        report(line);
      },
    }).catch((/** @type {unknown} */ error) => {
      if (!(error instanceof SetupError)) throw error;
    });
  };
  await update([]);
  // A frozen mirror: its signatures are checked all the same.
  if (saysExpired(lines)) await update(['-o', 'Acquire::Check-Valid-Until=false']);
}

/**
 * @param {readonly string[]} lines of apt-get update
 * @returns {boolean}
 */
export function saysExpired(lines) {
  return lines.some((line) => /Release file for .* is expired/.test(line));
}

/**
 * @param {readonly string[]} packages
 * @param {AptOptions} options
 */
export async function installPackages(packages, { env, report }) {
  await run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], {
    env: unattended(env),
    report,
    remedy: 'See what apt-get says above; `apt-get update` and `apt-get install` have to work on this machine.',
  });
}

/**
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string | undefined>} the version that would be installed, from the lists as they are
 */
export async function candidate(name, env) {
  const text = await run('apt-cache', ['policy', name], { env: unattended(env) });
  const version = /^\s*Candidate: (\S+)/m.exec(text)?.[1];
  return version === undefined || version === '(none)' ? undefined : version.replace(/^\d+:/, '');
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {boolean} whether this machine installs packages with apt
 */
export function hasApt(env) {
  return allOnPath('apt-get', env['PATH']).length > 0;
}

/** Debian's next release beside the machine's own, for the packages that are asked for by name alone. */
export const extraSource = Object.freeze({
  list: '/etc/apt/sources.list.d/slipway-trixie.list',
  pin: '/etc/apt/preferences.d/slipway-trixie',
});

/**
 * Adds Debian trixie to the package sources, at a priority at which nothing else is installed or upgraded from it.
 * @param {string} mirror
 */
export function addTrixie(mirror) {
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const signedBy = existsSync(keyring) ? `[signed-by=${keyring}] ` : '';
  writeFileSync(extraSource.pin, 'Package: *\nPin: release n=trixie\nPin-Priority: 100\n');
  writeFileSync(extraSource.list, `deb ${signedBy}${mirror} trixie main\n`);
}

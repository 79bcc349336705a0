import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../commands.mjs';
import { toolchainEnvironment } from '../environment.mjs';
import { isRecord, readJson } from '../files.mjs';
import { withLock } from '../lock.mjs';
import { npmLockFolder, withoutNpmSettings } from './node.mjs';

/**
 * The npm packages that a lock file names, in the folder beside it.
 * @param {string} name
 * @param {string} why
 * @param {string} folder relative to the project's; a folder without a lock file needs nothing
 * @returns {import('../runner.mjs').Step}
 */
function packagesIn(name, why, folder) {
  return {
    name,
    why,
    done: ({ layout }) => {
      const root = join(layout.project, folder);
      if (!existsSync(join(root, 'package-lock.json'))) return Promise.resolve('none');
      const lock = readJson(join(root, 'package-lock.json'));
      const installed = readJson(join(root, 'node_modules', '.package-lock.json'));
      return Promise.resolve(isInstalled(lock, installed) ? 'as locked' : undefined);
    },
    run: async ({ layout, env, report }) => {
      const root = join(layout.project, folder);
      await withLock(npmLockFolder(layout), report, () =>
        run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
          cwd: root,
          env: { ...withoutNpmSettings(env), ...toolchainEnvironment(layout.project, env) },
          report,
          remedy: 'See that npm reaches its registry (npm ping); then run the command again.',
        }),
      );
    },
  };
}

export const dependencies = packagesIn('npm packages', 'what package-lock.json names, into node_modules', '.');

export const workloadDependencies = packagesIn(
  'npm packages of the reference workload',
  'its image is bundled from them',
  join('images', 'workload'),
);

/**
 * @param {unknown} lock what package-lock.json holds
 * @param {unknown} installed what npm noted in node_modules/.package-lock.json
 * @returns {boolean} whether everything locked is installed in that version; optional packages of other CPUs need not be
 */
export function isInstalled(lock, installed) {
  const wanted = packagesOf(lock);
  const present = packagesOf(installed);
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry['link'] === true) return true;
    const found = present[path];
    if (found === undefined) return entry['optional'] === true || entry['devOptional'] === true;
    return found['version'] === entry['version'] && found['integrity'] === entry['integrity'];
  });
}

/**
 * @param {unknown} lock
 * @returns {Record<string, Record<string, unknown>> | undefined}
 */
function packagesOf(lock) {
  const packages = isRecord(lock) ? lock['packages'] : undefined;
  return isRecord(packages)
    ? Object.fromEntries(Object.entries(packages).map(([path, entry]) => [path, isRecord(entry) ? entry : {}]))
    : undefined;
}

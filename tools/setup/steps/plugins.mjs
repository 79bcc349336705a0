import { cpSync, existsSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isExecutable, run } from '../commands.mjs';
import { toolchainEnvironment } from '../environment.mjs';
import { SetupError } from '../errors.mjs';
import { homeOf } from '../layout.mjs';
import { withLock } from '../lock.mjs';
import { vendorsReachable } from '../probes.mjs';
import {
  embeddedFolders,
  officialInstalled,
  pluginFolder,
  pluginNames,
  pulumiHome,
  usesEmbedded,
  wantedPlugins,
} from '../toolchain.mjs';

/** @typedef {import('../layout.mjs').Layout} Layout */

/** @type {import('../runner.mjs').Step} */
export const plugins = {
  name: 'Pulumi resource plugins',
  why: `${pluginNames.join(', ')}: the vendor's, or the project's embedded ones where those can't be had`,
  done: async ({ layout, env }) => {
    // Which ones are wanted is not known before the packages are installed.
    if (wantedPlugins(layout).length === 0) return undefined;
    if (env['SLIPWAY_EMBEDDED'] !== '1') {
      if (officialInstalled(layout, env)) return 'official, as installed';
      if (await vendorsReachable(layout, env)) return undefined;
    }
    return usesEmbedded(layout, env) && embeddedReady(layout) ? 'embedded' : undefined;
  },
  run: async ({ layout, env, report }) => {
    const open = env['SLIPWAY_EMBEDDED'] !== '1' && (await vendorsReachable(layout, env));
    if (!open) {
      if (embeddedReady(layout)) return;
      throw new SetupError("the vendor's plugins can't be reached, and the embedded ones are not in this checkout", {
        remedy: `Check out the project whole: providers/embedded holds ${pluginNames.join(', ')}.`,
      });
    }
    await withLock(`${layout.plugins}.lock`, report, () => install(layout, env, report));
  },
};

/**
 * @param {Layout} layout
 * @returns {boolean}
 */
function embeddedReady(layout) {
  return embeddedFolders(layout).every((folder, i) =>
    isExecutable(join(folder, `pulumi-resource-${pluginNames[i] ?? ''}`)),
  );
}

/**
 * Copies what the user's own Pulumi home has already, and has the CLI download the rest.
 * @param {Layout} layout
 * @param {NodeJS.ProcessEnv} env
 * @param {(line: string) => void} report
 */
async function install(layout, env, report) {
  const folder = shareFolder(layout, env);
  for (const plugin of wantedPlugins(layout)) {
    const name = pluginFolder(plugin);
    if (existsSync(join(folder, name))) continue;
    const theirs = join(homeOf(env), '.pulumi', 'plugins', name);
    if (existsSync(theirs)) {
      const temporary = join(folder, `.${name}.${process.pid}.tmp`);
      cpSync(theirs, temporary, { recursive: true });
      renameSync(temporary, join(folder, name));
      continue;
    }
    await run('pulumi', ['plugin', 'install', 'resource', plugin.name, plugin.version], {
      env: { ...env, ...toolchainEnvironment(layout.project, env) },
      report,
      remedy: 'Run the command again; SLIPWAY_EMBEDDED=1 makes do with the embedded plugins.',
    });
  }
}

/**
 * The project's Pulumi home finds its plugins in the cache folder, which all checkouts share; a home of the user's keeps
 * its own.
 * @param {Layout} layout
 * @param {NodeJS.ProcessEnv} env
 * @returns {string} the folder that plugins go into
 */
function shareFolder(layout, env) {
  const home = pulumiHome(layout, env);
  const folder = join(home, 'plugins');
  mkdirSync(home, { recursive: true });
  if (home === layout.pulumiHome) {
    mkdirSync(layout.plugins, { recursive: true });
    if (!existsSync(folder)) symlinkSync(layout.plugins, folder);
  } else {
    mkdirSync(folder, { recursive: true });
  }
  return folder;
}

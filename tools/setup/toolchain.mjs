import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { allOnPath, identityOf, isExecutable } from './commands.mjs';
import { isRecord, readJson, writeAtomically } from './files.mjs';
import { homeOf } from './layout.mjs';
import { lastVerdict } from './probes.mjs';
import { nodeFits, pulumiFits } from './versions.mjs';

/**
 * Which parts of the toolchain are there, found with a look at files alone: nothing is started, nobody is asked.
 * @typedef {import('./layout.mjs').Layout} Layout
 */

/**
 * @param {Layout} layout
 * @returns {string | undefined} the Node that runs the program: this one where it fits, else the installed one
 */
export function findNode(layout) {
  if (nodeFits(process.version)) return process.execPath;
  const installed = join(layout.nodeBin, 'node');
  return isExecutable(installed) ? installed : undefined;
}

/**
 * @typedef {object} FoundPulumi
 * @property {string} file
 * @property {string} version
 * @property {boolean} isOwn whether setup installed it; the user's own is on PATH as it is
 */

/**
 * @param {Layout} layout
 * @param {NodeJS.ProcessEnv} env
 * @returns {FoundPulumi | undefined} the user's where it is known to fit, else the installed one
 */
export function findPulumi(layout, env) {
  const own = userPulumi(layout, env);
  const version = own === undefined ? undefined : knownVersion(layout, own);
  if (own !== undefined && version !== undefined && pulumiFits(version)) return { file: own, version, isOwn: false };
  const installed = join(layout.pulumiBin, 'pulumi');
  if (!isExecutable(installed) || !isExecutable(join(layout.pulumiBin, languageHost))) return undefined;
  return { file: installed, version: layout.pulumi.slice(layout.pulumi.lastIndexOf('-') + 1), isOwn: true };
}

const languageHost = 'pulumi-language-nodejs';

/**
 * @param {Layout} layout
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} the CLI that the user has on PATH, if its Node language host is beside it
 */
export function userPulumi(layout, env) {
  const first = allOnPath('pulumi', env['PATH']).find((file) => !file.startsWith(layout.cache));
  return first !== undefined && allOnPath(languageHost, env['PATH']).length > 0 ? first : undefined;
}

/**
 * @param {Layout} layout
 * @param {string} file
 * @returns {string | undefined} the version that this very file was seen to have
 */
export function knownVersion(layout, file) {
  const known = readJson(versionNote(layout));
  return isRecord(known) && known['identity'] === identityOf(file) && typeof known['version'] === 'string'
    ? known['version']
    : undefined;
}

/**
 * Notes a CLI's version, so that later runs need not start it.
 * @param {Layout} layout
 * @param {string} file
 * @param {string} version
 */
export function noteVersion(layout, file, version) {
  writeAtomically(versionNote(layout), JSON.stringify({ identity: identityOf(file), version }));
}

/**
 * @param {Layout} layout
 * @returns {string}
 */
function versionNote(layout) {
  return join(layout.cache, 'probes', 'pulumi-on-path.json');
}

/** The resource plugins of the program that a vendor offers; each has an embedded stand-in. */
export const pluginNames = /** @type {const} */ (['docker', 'random', 'tls']);

/**
 * @typedef {object} Plugin
 * @property {string} name
 * @property {string} version the one that goes with the installed package
 */

/**
 * @param {Layout} layout
 * @returns {Plugin[]} none before the dependencies are installed
 */
export function wantedPlugins(layout) {
  return pluginNames.flatMap((name) => {
    const manifest = readJson(join(layout.project, 'node_modules', '@pulumi', name, 'package.json'));
    const version = isRecord(manifest) ? manifest['version'] : undefined;
    return typeof version === 'string' ? [{ name, version }] : [];
  });
}

/**
 * @param {Plugin} plugin
 * @returns {string}
 */
export function pluginFolder({ name, version }) {
  return `resource-${name}-v${version}`;
}

/**
 * @param {Layout} layout
 * @param {NodeJS.ProcessEnv} env
 * @returns {string} the folder in which the Pulumi CLI looks for plugins
 */
export function pulumiHome(layout, env) {
  // Who keeps the state elsewhere has logged in there, and the login is kept in the home of their own.
  const theirs = env['PULUMI_BACKEND_URL'] === undefined ? undefined : join(homeOf(env), '.pulumi');
  return env['PULUMI_HOME'] ?? theirs ?? layout.pulumiHome;
}

/**
 * @param {Layout} layout
 * @param {NodeJS.ProcessEnv} env
 * @returns {boolean} whether the vendor's plugins are all where the CLI finds them
 */
export function officialInstalled(layout, env) {
  const folder = join(pulumiHome(layout, env), 'plugins');
  const plugins = wantedPlugins(layout);
  return plugins.length > 0 && plugins.every((plugin) => existsSync(join(folder, pluginFolder(plugin))));
}

/**
 * @param {Layout} layout
 * @returns {string[]} the folders of the embedded providers
 */
export function embeddedFolders(layout) {
  return pluginNames.map((name) => join(layout.project, 'providers', 'embedded', name));
}

/**
 * Embedded providers serve where they are asked for (SLIPWAY_EMBEDDED=1) or the vendor's could not be had.
 * @param {Layout} layout
 * @param {NodeJS.ProcessEnv} env
 * @returns {boolean}
 */
export function usesEmbedded(layout, env) {
  if (env['SLIPWAY_EMBEDDED'] === '1') return true;
  if (officialInstalled(layout, env)) return false;
  return env['SLIPWAY_OFFLINE'] === '1' || lastVerdict(layout, 'vendors')?.value === false;
}

/**
 * @param {string | undefined} path
 * @param {readonly string[]} folders to come first, in this order
 * @returns {string}
 */
export function prependToPath(path, folders) {
  const rest = (path ?? '').split(delimiter).filter((folder) => folder !== '' && !folders.includes(folder));
  return [...folders, ...rest].join(delimiter);
}

/**
 * @param {string} name
 * @param {string | undefined} path
 * @param {string} file
 * @returns {boolean} whether the name means that file on this path
 */
export function isFirstOnPath(name, path, file) {
  const first = allOnPath(name, path)[0];
  return first !== undefined && dirname(first) === dirname(file);
}

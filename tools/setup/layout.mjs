import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { versions } from './versions.mjs';

/**
 * Where everything that setup makes lives: in the user's cache folder, a folder a version, shared by all checkouts; and
 * in `.slipway/` of the project. Both are outside git.
 * @typedef {object} Layout
 * @property {string} project the project's own folder
 * @property {string} local `.slipway`
 * @property {string} state the state backend's folder
 * @property {string} pulumiHome
 * @property {string} passphrase the file with the passphrase of the throw-away stacks
 * @property {string} cache
 * @property {string} node the folder Node is installed into
 * @property {string} nodeBin the folder of its executable
 * @property {string} pulumi the folder the Pulumi CLI is installed into
 * @property {string} pulumiBin the folder of its executables
 * @property {string} plugins resource plugins, shared by all checkouts
 */

/** The checkout that this file belongs to. */
export const projectFolder = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/**
 * @param {string} project
 * @param {NodeJS.ProcessEnv} env SLIPWAY_CACHE, else XDG_CACHE_HOME, decides on the cache folder
 * @returns {Layout}
 */
export function layoutOf(project, env) {
  const base = given(env['XDG_CACHE_HOME']) ?? join(homeOf(env), '.cache');
  const cache = resolve(given(env['SLIPWAY_CACHE']) ?? join(base, 'slipway'));
  const local = join(project, '.slipway');
  const node = join(cache, `node-${versions.node}`);
  const pulumi = join(cache, `pulumi-${versions.pulumi}`);
  return {
    project,
    local,
    state: join(local, 'state'),
    pulumiHome: join(local, 'pulumi'),
    passphrase: join(local, 'passphrase'),
    cache,
    node,
    nodeBin: join(node, 'node_modules', nodePackage(), 'bin'),
    pulumi,
    pulumiBin: join(pulumi, 'bin'),
    plugins: join(cache, 'plugins'),
  };
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {string}
 */
export function homeOf(env) {
  return given(env['HOME']) ?? homedir();
}

/**
 * @param {string | undefined} value
 * @returns {string | undefined} the value, unless it is empty
 */
function given(value) {
  return value === '' ? undefined : value;
}

/** @returns {string} the npm package that holds Node for this CPU */
export function nodePackage() {
  return `node-linux-${process.arch}`;
}

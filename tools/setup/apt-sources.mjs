import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from './files.mjs';

/**
 * @typedef {object} Distribution
 * @property {string} id as in /etc/os-release, such as debian
 * @property {string} like the families it belongs to
 * @property {string} codename
 */

/**
 * @param {string} text of /etc/os-release
 * @returns {Distribution}
 */
export function parseDistribution(text) {
  /** @param {string} key */
  const value = (key) => new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
  return { id: value('ID'), like: value('ID_LIKE'), codename: value('VERSION_CODENAME') };
}

/** @returns {Distribution} of this machine */
export function distribution() {
  return parseDistribution(readText('/etc/os-release') ?? '');
}

/**
 * The Debian archive that this machine installs from: where other packages of the same distribution, and image builds,
 * are to come from as well.
 * @param {string} [folder] of apt's settings
 * @returns {string | undefined} an address without a slash at its end; undefined where this is no Debian, or names none
 */
export function aptMirror(folder = '/etc/apt') {
  return distribution().id === 'debian' ? findMirror(sourceTexts(folder)) : undefined;
}

/**
 * @param {string} mirror
 * @param {string} [folder] of apt's settings
 * @returns {boolean} whether this machine gets security updates from beside that archive
 */
export function hasSecurity(mirror, folder = '/etc/apt') {
  return sourceTexts(folder).some((text) => text.includes(`${mirror}-security`));
}

/**
 * @param {readonly string[]} texts of sources.list files, in either format
 * @returns {string | undefined} the first archive over HTTP whose path ends in /debian
 */
export function findMirror(texts) {
  for (const text of texts) {
    for (const line of text.split('\n')) {
      const found = /^(?:deb\s(?:\[[^\]]*\]\s*)?|URIs:.*?\s)\s*(https?:\/\/\S+?\/debian)\/?(?:\s|$)/.exec(line);
      if (found?.[1] !== undefined) return found[1];
    }
  }
  return undefined;
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function sourceTexts(folder) {
  const parts = join(folder, 'sources.list.d');
  /** @type {string[]} */
  let names = [];
  try {
    names = readdirSync(parts).filter((name) => /\.(?:list|sources)$/.test(name));
  } catch {
    // No such folder: sources.list alone.
  }
  const files = [join(folder, 'sources.list'), ...names.sort().map((name) => join(parts, name))];
  return files.map((file) => readText(file) ?? '');
}

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord, readJson } from './files.mjs';
import { homeOf } from './layout.mjs';

/**
 * Where the Docker Engine is.
 * @typedef {object} EngineAddress
 * @property {string} host such as unix:///var/run/docker.sock, tcp://host:2376, ssh://user@host
 * @property {string} source what named it, in words for a message
 * @property {boolean} isDefault whether every tool finds it without being told
 * @property {string} [certificates] a folder with ca.pem, cert.pem and key.pem, where TLS is wanted
 */

/** Where the engine of a machine listens unless somebody says otherwise. */
export const defaultEngine = 'unix:///var/run/docker.sock';

/**
 * The engine that the Docker client would talk to: DOCKER_HOST, else the current context, else the machine's socket.
 * @param {NodeJS.ProcessEnv} env
 * @returns {EngineAddress}
 */
export function engineAddress(env) {
  const host = env['DOCKER_HOST'];
  if (host) {
    const tls = (env['DOCKER_TLS_VERIFY'] ?? '') !== '';
    const certificates = env['DOCKER_CERT_PATH'] ?? join(homeOf(env), '.docker');
    return { host, source: 'DOCKER_HOST', isDefault: false, ...(tls ? { certificates } : {}) };
  }
  const folder = env['DOCKER_CONFIG'] ?? join(homeOf(env), '.docker');
  const context = env['DOCKER_CONTEXT'] ?? currentContext(folder);
  const found = context === undefined || context === 'default' ? undefined : contextAddress(folder, context);
  return found ?? { host: defaultEngine, source: "the machine's socket", isDefault: true };
}

/**
 * @param {string} folder
 * @returns {string | undefined}
 */
function currentContext(folder) {
  const config = readJson(join(folder, 'config.json'));
  const name = isRecord(config) ? config['currentContext'] : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/**
 * @param {string} folder
 * @param {string} context
 * @returns {EngineAddress | undefined}
 */
function contextAddress(folder, context) {
  const id = createHash('sha256').update(context).digest('hex');
  const meta = readJson(join(folder, 'contexts', 'meta', id, 'meta.json'));
  const endpoints = isRecord(meta) ? meta['Endpoints'] : undefined;
  const docker = isRecord(endpoints) ? endpoints['docker'] : undefined;
  const host = isRecord(docker) ? docker['Host'] : undefined;
  if (typeof host !== 'string') return undefined;
  const certificates = join(folder, 'contexts', 'tls', id, 'docker');
  return {
    host,
    source: `the Docker context "${context}"`,
    isDefault: host === defaultEngine,
    ...(existsSync(certificates) ? { certificates } : {}),
  };
}

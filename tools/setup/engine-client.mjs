import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { lineReader, run } from './commands.mjs';
import { SetupError, codeOf, messageOf } from './errors.mjs';
import { isRecord } from './files.mjs';
import { compareVersions, versions } from './versions.mjs';

/** How long an engine has to answer a ping, in milliseconds; a shell login takes longer than a socket. */
const patience = { socket: 5000, ssh: 15_000 };

/**
 * What became of asking an engine for its version.
 * @typedef {{ state: 'ready', version: string, api: string }
 *   | { state: 'old', version: string, api: string }
 *   | { state: 'denied', detail: string }
 *   | { state: 'absent', detail: string }} EngineState
 */

/**
 * @param {import('./engine-address.mjs').EngineAddress} address
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<EngineState>}
 */
export async function askEngine(address, env = process.env) {
  try {
    const text = address.host.startsWith('ssh:')
      ? await run('docker', ['-H', address.host, 'version', '--format', '{{json .Server}}'], {
          env,
          timeout: patience.ssh,
        })
      : (await request(address, { path: '/version' })).text;
    return judgeVersion(/** @type {unknown} */ (JSON.parse(text)));
  } catch (error) {
    const code = codeOf(error);
    return { state: code === 'EACCES' || code === 'EPERM' ? 'denied' : 'absent', detail: messageOf(error) };
  }
}

/**
 * @param {unknown} answer of the engine's /version
 * @returns {EngineState}
 */
export function judgeVersion(answer) {
  const version = isRecord(answer) ? answer['Version'] : undefined;
  const api = isRecord(answer) ? (answer['ApiVersion'] ?? answer['APIVersion']) : undefined;
  if (typeof version !== 'string' || typeof api !== 'string') {
    return { state: 'absent', detail: 'what answers there is no Docker Engine' };
  }
  return { state: compareVersions(api, versions.dockerApi) < 0 ? 'old' : 'ready', version, api };
}

/**
 * @typedef {object} EngineRequest
 * @property {string} path
 * @property {'GET' | 'POST'} [method]
 * @property {NodeJS.ReadableStream} [body]
 * @property {(line: string) => void} [report] told every line of the answer as it comes
 * @property {number} [timeout] milliseconds without a sign of life
 */

/**
 * One request of the engine's HTTP interface.
 * @param {import('./engine-address.mjs').EngineAddress} address
 * @param {EngineRequest} options
 * @returns {Promise<{ status: number, text: string }>}
 */
export function request(address, { path, method = 'GET', body, report, timeout = patience.socket }) {
  return new Promise((resolve, reject) => {
    const { send, options } = transport(address);
    const outgoing = send({ ...options, path, method, timeout }, (response) => {
      let text = '';
      const keep = lineReader(report ?? (() => undefined));
      response.setEncoding('utf8');
      response.on('data', (/** @type {string} */ part) => {
        text += part;
        keep(part);
      });
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    outgoing.on('timeout', () => {
      outgoing.destroy(new Error(`no answer from ${address.host} within ${timeout / 1000} s`));
    });
    outgoing.on('error', reject);
    if (body === undefined) outgoing.end();
    else body.on('error', (/** @type {Error} */ error) => outgoing.destroy(error)).pipe(outgoing);
  });
}

/**
 * @param {import('./engine-address.mjs').EngineAddress} address
 * @returns {{ send: typeof http.request, options: https.RequestOptions }}
 */
function transport(address) {
  if (address.host.startsWith('unix://')) {
    return { send: http.request, options: { socketPath: address.host.slice('unix://'.length) } };
  }
  if (!/^(?:tcp|https?):/.test(address.host)) {
    throw new SetupError(`${address.source} names ${address.host}: only unix, tcp and ssh addresses are known`);
  }
  const url = new URL(address.host.replace(/^(?:tcp|https?):/, 'http:'));
  const options = { host: url.hostname, port: Number(url.port || 2375) };
  const folder = address.certificates;
  if (folder === undefined) return { send: http.request, options };
  /** @param {string} name */
  const pem = (name) => readFileSync(join(folder, name));
  return {
    send: https.request,
    options: { ...options, ca: pem('ca.pem'), cert: pem('cert.pem'), key: pem('key.pem') },
  };
}

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SetupError, messageOf } from './errors.mjs';

const remedy = 'Run the command again; where the vendor can not be reached at all, set SLIPWAY_OFFLINE=1.';

/**
 * Downloads a file and compares it with its line in a list of SHA-256 checksums.
 * @param {object} options
 * @param {string} options.url
 * @param {string} options.checksums the list's address
 * @param {string} options.file where the download goes
 * @param {(line: string) => void} options.report
 * @returns {Promise<void>}
 * @throws {SetupError} when it can't be had or is not what the list says
 */
export async function downloadChecked({ url, checksums, file, report }) {
  const expected = checksumOf(await (await get(checksums)).text(), basename(new URL(url).pathname));
  if (expected === undefined) throw new SetupError(`${checksums} does not name ${url}`, { remedy });
  const response = await get(url);
  if (response.body === null) throw new SetupError(`${url} is empty`, { remedy });
  const total = Number(response.headers.get('content-length') ?? 0);
  let received = 0;
  const meter = new Transform({
    transform: (/** @type {Buffer} */ chunk, _encoding, done) => {
      received += chunk.length;
      report(`${megabytes(received)} of ${total === 0 ? '?' : megabytes(total)} MB`);
      done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(response.body), meter, createWriteStream(file));
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const actual = hash.digest('hex');
  if (actual !== expected) {
    throw new SetupError(`${url} is not what its checksum says: ${actual} instead of ${expected}`, { remedy });
  }
}

/**
 * @param {string} list lines of `<sha256>  <file>`
 * @param {string} file
 * @returns {string | undefined}
 */
export function checksumOf(list, file) {
  for (const line of list.split('\n')) {
    const [checksum, name] = line.trim().split(/\s+\*?/);
    if (name === file && checksum !== undefined && /^[0-9a-f]{64}$/.test(checksum)) return checksum;
  }
  return undefined;
}

/**
 * @param {string} url
 * @returns {Promise<Response>}
 */
async function get(url) {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return response;
  } catch (error) {
    throw new SetupError(`could not download ${url}: ${messageOf(error)}`, { remedy, cause: error });
  }
}

/**
 * @param {number} bytes
 * @returns {string}
 */
function megabytes(bytes) {
  return (bytes / 1e6).toFixed(0);
}

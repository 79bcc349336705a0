import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checksumOf, downloadChecked } from '../../../tools/setup/download.mjs';

const content = 'an archive';
const checksum = createHash('sha256').update(content).digest('hex');

let folder: string;
let server: Server;
let list: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-download-'));
  list = `${checksum}  tool.tar.gz\n`;
  server = createServer((request, response) => {
    if (request.url === '/tool.tar.gz') response.end(content);
    else if (request.url === '/checksums.txt') response.end(list);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

async function download(name: string): Promise<string> {
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const file = join(folder, name);
  await downloadChecked({ url: `${base}/${name}`, checksums: `${base}/checksums.txt`, file, report: () => undefined });
  return readFileSync(file, 'utf8');
}

describe('downloadChecked', () => {
  it('brings a file that is what its checksum says', async () => {
    await expect(download('tool.tar.gz')).resolves.toBe(content);
  });

  it('refuses a file that is not', async () => {
    list = `${'0'.repeat(64)}  tool.tar.gz\n`;
    await expect(download('tool.tar.gz')).rejects.toThrow('is not what its checksum says');
  });

  it('refuses a file that the list does not name', async () => {
    await expect(download('other.tar.gz')).rejects.toThrow('does not name');
  });

  it('tells of a file that is not there', async () => {
    list = `${checksum}  gone.tar.gz\n`;
    await expect(download('gone.tar.gz')).rejects.toThrow('HTTP 404');
  });
});

describe('checksumOf', () => {
  it('reads both formats of sha256sum, and nothing else', () => {
    expect(checksumOf(`${checksum} *a\n`, 'a')).toBe(checksum);
    expect(checksumOf(`${checksum}  aa\nshort  a\n`, 'a')).toBeUndefined();
  });
});

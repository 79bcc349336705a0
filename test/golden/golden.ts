import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');

/** Compares text with a committed file; `UPDATE_GOLDEN=1` writes the file instead, for a reviewer to see. */
export function expectFile(path: string, text: string): void {
  const file = join(ROOT, path);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, 'utf8'));
}

import { cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { projectFolder } from '../../../tools/setup/layout.mjs';

/** What of this checkout no other one has. */
const OWN = new Set(['.git', '.slipway', 'node_modules']);

/**
 * Makes another checkout of this project, with nothing that this one has made. Of the stacks of tests it has the
 * configuration of one at most.
 *
 * @param purpose that its folder is named by
 * @param configFile of the stack that it is to have too
 * @returns its folder, in that for temporary files; the caller removes it
 */
export function copyCheckout(purpose: string, configFile?: string): string {
  const folder = mkdtempSync(join(tmpdir(), `slipway-${purpose}-`));
  const isShared = (path: string): boolean => {
    const name = basename(path);
    return !OWN.has(name) && (!name.startsWith('Pulumi.test-') || path === configFile);
  };
  cpSync(projectFolder, folder, { recursive: true, filter: isShared });
  symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../commands.mjs';
import { nodePackage } from '../layout.mjs';
import { withLock } from '../lock.mjs';
import { findNode } from '../toolchain.mjs';
import { nodeFits, versions } from '../versions.mjs';

/** @type {import('../runner.mjs').Step} */
export const node = {
  name: 'Node',
  why: `the program needs Node ${versions.nodeMinimum} or newer, and ${process.version} runs here; ${versions.node} goes into the cache folder`,
  done: ({ layout }) => {
    const file = findNode(layout);
    if (file === undefined) return Promise.resolve(undefined);
    return Promise.resolve(
      nodeFits(process.version) ? `${process.version}, as installed` : `v${versions.node}, cached`,
    );
  },
  run: async ({ layout, env, report }) => {
    await withLock(`${layout.node}.lock`, report, async () => {
      if (findNode(layout) !== undefined) return;
      const temporary = `${layout.node}.${process.pid}.tmp`;
      mkdirSync(temporary, { recursive: true });
      try {
        const wanted = `${nodePackage()}@${versions.node}`;
        await run(
          'npm',
          ['install', '--prefix', temporary, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', wanted],
          {
            cwd: temporary,
            env: withoutNpmSettings(env),
            report,
            remedy:
              'See that npm reaches its registry (npm ping), or install Node 24 yourself; then run the command again.',
          },
        );
        rmSync(layout.node, { recursive: true, force: true });
        renameSync(temporary, layout.node);
      } finally {
        rmSync(temporary, { recursive: true, force: true });
      }
    });
  },
};

/**
 * Under `npm run`, npm hands its own settings down, and some would send an install to the project's folder.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function withoutNpmSettings(env) {
  const local = /^npm_(?:config_local_prefix|config_prefix|config_global|package_|lifecycle_|command)/i;
  return Object.fromEntries(Object.entries(env).filter(([key]) => !local.test(key)));
}

/**
 * @param {import('../layout.mjs').Layout} layout
 * @returns {string}
 */
export function npmLockFolder(layout) {
  return join(layout.local, 'dependencies.lock');
}

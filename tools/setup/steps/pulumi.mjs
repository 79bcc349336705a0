import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../commands.mjs';
import { downloadChecked } from '../download.mjs';
import { goEnvironment } from '../go.mjs';
import { withLock } from '../lock.mjs';
import { vendorsReachable } from '../probes.mjs';
import { findPulumi, knownVersion, noteVersion, userPulumi } from '../toolchain.mjs';
import { versions } from '../versions.mjs';

/** @typedef {import('../layout.mjs').Layout} Layout */

/** What is built where the vendor's archive can't be had: each a Go module of ours that pins everything it is made of. */
const builds = [
  {
    module: 'pulumi-cli',
    package: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
    variable: 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version',
    version: versions.pulumi,
    file: 'pulumi',
  },
  {
    module: 'pulumi-language-nodejs',
    package: 'github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs',
    variable: 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version',
    version: versions.languageHost,
    file: 'pulumi-language-nodejs',
    // Newer engines no longer tell it the options of Pulumi.yaml this way; without them it loads TypeScript on each run.
    options: '-typescript=false',
  },
];

/** @type {import('../runner.mjs').Step} */
export const pulumi = {
  name: 'Pulumi CLI',
  why: `deploys; ${versions.pulumi} goes into the cache folder: the vendor's archive, or built from Go modules (some minutes) where that can't be reached`,
  done: async ({ layout, env }) => {
    await learnVersion(layout, env);
    const found = findPulumi(layout, env);
    if (found === undefined) return undefined;
    return `${found.version}, ${found.isOwn ? 'cached' : 'as installed'}`;
  },
  run: async ({ layout, env, report }) => {
    const open = await vendorsReachable(layout, env);
    await withLock(`${layout.pulumi}.lock`, report, async () => {
      if (findPulumi(layout, env) !== undefined) return;
      const temporary = `${layout.pulumi}.${process.pid}.tmp`;
      mkdirSync(join(temporary, 'bin'), { recursive: true });
      try {
        if (open) await fetchArchive(temporary, report);
        else await buildAll(layout, temporary, env, report);
        rmSync(layout.pulumi, { recursive: true, force: true });
        renameSync(temporary, layout.pulumi);
      } finally {
        rmSync(temporary, { recursive: true, force: true });
      }
    });
  },
};

/**
 * Finds out the version of the user's own CLI, once for each CLI.
 * @param {Layout} layout
 * @param {NodeJS.ProcessEnv} env
 */
async function learnVersion(layout, env) {
  const own = userPulumi(layout, env);
  if (own === undefined || knownVersion(layout, own) !== undefined) return;
  try {
    const version = await run(own, ['version'], { env: { ...env, PULUMI_SKIP_UPDATE_CHECK: 'true' }, timeout: 10_000 });
    noteVersion(layout, own, version.trim());
  } catch {
    // A CLI that does not even tell its version is none.
  }
}

/**
 * @param {string} folder
 * @param {(line: string) => void} report
 */
async function fetchArchive(folder, report) {
  const { pulumi: version } = versions;
  const archive = `pulumi-v${version}-linux-${process.arch}.tar.gz`;
  const file = join(folder, archive);
  await downloadChecked({
    url: `https://get.pulumi.com/releases/sdk/${archive}`,
    checksums: `https://github.com/pulumi/pulumi/releases/download/v${version}/pulumi-${version}-checksums.txt`,
    file,
    report,
  });
  await run('tar', ['-xzf', file, '-C', folder], { report });
  for (const name of readdirSync(join(folder, 'pulumi'))) {
    renameSync(join(folder, 'pulumi', name), join(folder, 'bin', name));
  }
  rmSync(join(folder, 'pulumi'), { recursive: true });
  rmSync(file);
}

/**
 * @param {Layout} layout
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @param {(line: string) => void} report
 */
async function buildAll(layout, folder, env, report) {
  const goEnv = await goEnvironment(env);
  for (const build of builds) {
    report(`compiling ${build.package} ${build.version}`);
    const flags = `-s -w -X ${build.variable}=v${build.version}`;
    const output = join(folder, build.options === undefined ? 'bin' : 'lib', build.file);
    await run('go', ['build', '-v', '-mod=readonly', '-trimpath', '-ldflags', flags, '-o', output, build.package], {
      cwd: join(layout.project, 'tools', build.module),
      env: goEnv,
      report,
      remedy:
        'See that Go reaches its module proxy (go env GOPROXY), or put a Pulumi CLI on PATH; then run the command again.',
    });
    if (build.options === undefined) continue;
    const launcher = `#!/bin/sh\nexec "$(dirname "$0")/../lib/${build.file}" ${build.options} "$@"\n`;
    writeFileSync(join(folder, 'bin', build.file), launcher, { mode: 0o755 });
  }
}

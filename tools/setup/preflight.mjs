import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasApt } from './apt.mjs';
import { distribution } from './apt-sources.mjs';
import { allOnPath } from './commands.mjs';
import { engineAddress } from './engine-address.mjs';
import { askEngine } from './engine-client.mjs';
import { SetupError } from './errors.mjs';
import { goVersion } from './go.mjs';
import { vendorsReachable } from './probes.mjs';
import { dependencies, workloadDependencies } from './steps/dependencies.mjs';
import { engine, reachableEngine } from './steps/engine.mjs';
import { baseImage } from './steps/base-image.mjs';
import { node } from './steps/node.mjs';
import { pulumi } from './steps/pulumi.mjs';
import { compareVersions, versions } from './versions.mjs';

/** What must be free for the caches and for Docker's images, in bytes. */
const neededBytes = 5e9;

/**
 * What a machine is like, as far as setup depends on it. Left out: not looked at, because no step to come needs it.
 * @typedef {object} Facts
 * @property {string} platform as in process.platform
 * @property {string} arch as in process.arch
 * @property {boolean} isRoot
 * @property {boolean} hasApt
 * @property {string} distribution such as debian
 * @property {boolean} [hasNpm] when packages are missing
 * @property {readonly { folder: string, bytes: number }[]} [free] when something large is to be stored
 * @property {EngineFact} [engine] when the engine is missing
 * @property {boolean} [needsEngineOnly] the command looks at what runs and installs nothing
 * @property {{ vendors: boolean, go: string | undefined }} [cli] when the Pulumi CLI is missing
 */

/**
 * @typedef {object} EngineFact
 * @property {string} host
 * @property {string} source
 * @property {boolean} isDefault
 * @property {import('./engine-client.mjs').EngineState} state
 */

/**
 * @typedef {object} Problem
 * @property {string} what
 * @property {string} remedy
 */

/**
 * Everything that is in the way, all at once; nothing has been changed by then.
 * @param {Facts} facts
 * @returns {Problem[]}
 */
export function findProblems(facts) {
  if (facts.platform !== 'linux') {
    return [
      {
        what: `this is ${facts.platform}; slipway runs on Linux`,
        remedy: 'Use a Linux machine, a virtual one or WSL 2.',
      },
    ];
  }
  /** @type {Problem[]} */
  const problems = [];
  if (facts.arch !== 'x64' && facts.arch !== 'arm64') {
    problems.push({ what: `the CPU is ${facts.arch}; x64 and arm64 are known`, remedy: 'Use a machine of these.' });
  }
  if (facts.hasNpm === false) {
    problems.push({
      what: 'npm is not on PATH',
      remedy: 'Install Node with its npm (Debian: apt-get install nodejs npm).',
    });
  }
  for (const { folder, bytes } of facts.free ?? []) {
    if (bytes >= neededBytes) continue;
    const free = `${(bytes / 1e9).toFixed(1)} GB free at ${folder}; ${neededBytes / 1e9} GB are needed`;
    problems.push({ what: free, remedy: 'Make room, or put the cache elsewhere (SLIPWAY_CACHE).' });
  }
  if (facts.engine !== undefined) problems.push(...engineProblems(facts, facts.engine));
  if (facts.cli !== undefined && !facts.cli.vendors) problems.push(...goProblems(facts.cli.go));
  return problems;
}

/**
 * @param {Facts} facts
 * @param {EngineFact} engine_
 * @returns {Problem[]}
 */
function engineProblems(facts, { host, source, isDefault, state }) {
  const install = `Install Docker Engine ${versions.dockerEngine} or newer (docs.docker.com/engine/install)`;
  switch (state.state) {
    case 'ready':
      return [];
    case 'old': {
      const what = `Docker Engine ${state.version} (API ${state.api}) runs at ${host}; ${versions.dockerEngine} or newer (API ${versions.dockerApi}) is needed`;
      return [{ what, remedy: `Upgrade it, or name another with DOCKER_HOST; slipway does not replace an engine.` }];
    }
    case 'denied':
      return [
        {
          what: `an engine is at ${host}, but this user may not use it`,
          remedy: 'Run as root, or add the user to the group docker and log in anew.',
        },
      ];
    case 'absent':
      if (!isDefault) {
        return [
          {
            what: `no Docker Engine answers at ${host}, named by ${source}: ${state.detail}`,
            remedy: `Start it, or correct ${source}.`,
          },
        ];
      }
      if (facts.needsEngineOnly === true)
        return [{ what: 'no Docker Engine runs', remedy: '`npm run up` starts one.' }];
      if (!facts.isRoot)
        return [
          {
            what: 'no Docker Engine runs, and only root can install or start one',
            remedy: `${install}, or run as root.`,
          },
        ];
      if (!facts.hasApt)
        return [
          {
            what: `no Docker Engine runs, and on ${facts.distribution || 'this distribution'} slipway can't install one`,
            remedy: `${install} and start it.`,
          },
        ];
      return [];
  }
}

/**
 * @param {string | undefined} go
 * @returns {Problem[]}
 */
function goProblems(go) {
  const why = `the Pulumi CLI can't be downloaded here, and building it takes Go ${versions.go}`;
  const remedy = `Install Go ${versions.go} or newer, or put a Pulumi CLI (${versions.pulumiMinimum} or newer) on PATH.`;
  if (go === undefined) return [{ what: `${why}, but there is no go on PATH`, remedy }];
  // From 1.21 on Go fetches the version it is asked for by itself.
  return compareVersions(go, versions.goMinimum) < 0 ? [{ what: `${why}, but go is ${go}`, remedy }] : [];
}

/**
 * Looks at what the steps to come depend on, and at nothing else.
 * @param {readonly import('./runner.mjs').Step[]} missing
 * @param {import('./runner.mjs').Base} context
 * @returns {Promise<Facts>}
 */
export async function gatherFacts(missing, { layout, env }) {
  /** @param {readonly import('./runner.mjs').Step[]} steps */
  const needs = (...steps) => steps.some((step) => missing.includes(step));
  const address = engineAddress(env);
  const [state, cli] = await Promise.all([
    needs(engine, reachableEngine) ? askEngine(address, env) : undefined,
    needs(pulumi) ? cliFacts(layout, env) : undefined,
  ]);
  /** @type {Set<string>} */
  const folders = new Set();
  if (needs(node, pulumi)) folders.add(layout.cache);
  if (needs(engine, baseImage) && address.isDefault) folders.add('/var/lib/docker');
  return {
    platform: process.platform,
    arch: process.arch,
    isRoot: process.getuid?.() === 0,
    hasApt: hasApt(env),
    distribution: distribution().id,
    ...(needs(node, dependencies, workloadDependencies) ? { hasNpm: allOnPath('npm', env['PATH']).length > 0 } : {}),
    ...(folders.size === 0 ? {} : { free: [...folders].map((folder) => ({ folder, bytes: freeBytes(folder) })) }),
    ...(state === undefined ? {} : { engine: { ...address, state } }),
    ...(missing.includes(reachableEngine) ? { needsEngineOnly: true } : {}),
    ...(cli === undefined ? {} : { cli }),
  };
}

/**
 * @param {import('./layout.mjs').Layout} layout
 * @param {NodeJS.ProcessEnv} env
 */
async function cliFacts(layout, env) {
  const [vendors, go] = await Promise.all([vendorsReachable(layout, env), goVersion(env)]);
  return { vendors, go };
}

/**
 * @param {string} folder that need not exist yet
 * @returns {number} what a user may still store there
 */
function freeBytes(folder) {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return folder === '/' ? Infinity : freeBytes(dirname(folder));
  }
}

/**
 * @param {readonly Problem[]} problems
 * @throws {SetupError} that lists them all, when there are any
 */
export function refuse(problems) {
  if (problems.length === 0) return;
  throw new SetupError(
    [
      'this machine is not ready; nothing has been changed:',
      ...problems.map(({ what, remedy }) => `  • ${what}\n    → ${remedy}`),
    ].join('\n'),
  );
}

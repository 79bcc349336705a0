import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addTrixie, candidate, extraSource, installPackages, updateLists } from '../apt.mjs';
import { aptMirror, distribution } from '../apt-sources.mjs';
import { allOnPath, run } from '../commands.mjs';
import { engineAddress } from '../engine-address.mjs';
import { askEngine } from '../engine-client.mjs';
import { SetupError } from '../errors.mjs';
import { readText } from '../files.mjs';
import { withLock } from '../lock.mjs';
import { compareVersions, versions } from '../versions.mjs';

/** @typedef {import('../runner.mjs').Context} Context */

/** How long a Docker Engine has to come up, in milliseconds. */
const startDeadline = 60_000;

const packages = ['docker.io', 'containerd', 'docker-cli', 'docker-buildx', 'docker-compose'];

/** @type {import('../runner.mjs').Step} */
export const engine = {
  name: 'Docker Engine',
  why: 'containers run on it; one that does not run is started, and where there is none it is installed as packages',
  done: ready,
  run: async (context) => {
    const { env, report, layout } = context;
    mkdirSync(layout.cache, { recursive: true });
    await withLock(join(layout.cache, 'engine.lock'), report, async () => {
      if ((await ready(context)) !== undefined) return;
      if (daemon(env) === undefined) await install(context);
      await start(context);
    });
  },
};

/**
 * For the commands that look at what runs and install nothing.
 * @type {import('../runner.mjs').Step}
 */
export const reachableEngine = {
  name: 'Docker Engine',
  why: 'what runs is asked of it',
  done: ready,
  run: () => Promise.reject(new SetupError('no Docker Engine answers', { remedy: 'npm run up starts one.' })),
};

/**
 * @param {Context} context
 * @returns {Promise<string | undefined>}
 */
async function ready({ env }) {
  const state = await askEngine(engineAddress(env), env);
  return state.state === 'ready' ? state.version : undefined;
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
function daemon(env) {
  return allOnPath('dockerd', `${env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin:/sbin`)[0];
}

/**
 * Takes what the machine's own sources offer; where that is too old, Debian's next release beside them.
 * @param {Context} context
 */
async function install(context) {
  const { env, tell } = context;
  await updateLists(context);
  const offered = await candidate('docker.io', env);
  const extra = ['iptables', 'debootstrap'];
  if (offered !== undefined && compareVersions(offered, versions.dockerEngine) >= 0) {
    const names = [...(await available(packages, env)), ...extra];
    tell(`installing ${names.join(', ')}`);
    await installPackages(names, context);
    return;
  }
  const { id } = distribution();
  const mirror = aptMirror();
  if (mirror === undefined) {
    throw new SetupError(
      `${id} offers Docker Engine ${offered ?? 'not at all'}; ${versions.dockerEngine} or newer is needed`,
      {
        remedy: 'Install it as docs.docker.com/engine/install says; then run the command again.',
      },
    );
  }
  tell(`adding ${extraSource.list}: Debian trixie from ${mirror}, for the packages of Docker Engine`);
  tell(`adding ${extraSource.pin}: nothing else is installed or upgraded from there`);
  addTrixie(mirror);
  await updateLists(context);
  const names = [...packages.map((name) => `${name}/trixie`), ...extra];
  tell(`installing ${names.join(', ')}`);
  await installPackages(names, context);
}

/**
 * @param {readonly string[]} names
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string[]>} those that the distribution has; Ubuntu calls some otherwise or puts them into another
 */
async function available(names, env) {
  const found = [];
  for (const name of names) {
    for (const spelling of name === 'docker-compose' ? ['docker-compose-v2', name] : [name]) {
      if ((await candidate(spelling, env)) === undefined) continue;
      found.push(spelling);
      break;
    }
  }
  return found;
}

/**
 * Starts the engine as a service where there is a service manager, else as a process of its own that outlives us.
 * @param {Context} context
 */
async function start(context) {
  const { env, report, tell } = context;
  if (existsSync('/run/systemd/system')) {
    tell('systemctl start docker');
    await run('systemctl', ['start', 'docker'], { env, report });
    await untilReady(context, undefined);
    return;
  }
  const file = daemon(env);
  if (file === undefined) throw new SetupError('the packages are installed, but there is no dockerd');
  if (await outlive(context)) return;
  const log = '/var/log/dockerd.log';
  tell(`starting ${file}, with its log in ${log}`);
  const output = openSync(log, 'a');
  const child = spawn(file, [], { detached: true, stdio: ['ignore', output, output], cwd: '/' });
  closeSync(output);
  /** @type {{ reason?: string }} */
  const ended = {};
  child.on('error', (error) => (ended.reason = error.message));
  child.on('exit', (code) => (ended.reason = `dockerd exited with ${code ?? 'a signal'}`));
  child.unref();
  await untilReady(context, { log, ended });
}

/** Where a Docker Engine notes its process. A new one refuses to start while that is there, even if it is ending. */
const pidFile = '/var/run/docker.pid';

/**
 * Waits for an engine that was started before: until it answers, or has ended; one that was killed leaves its note.
 * @param {Context} context
 * @returns {Promise<boolean>} whether it answers
 */
async function outlive(context) {
  const deadline = Date.now() + startDeadline;
  while (isDaemon(readText(`/proc/${readText(pidFile)?.trim() ?? 'none'}/stat`)) && Date.now() < deadline) {
    if ((await ready(context)) !== undefined) return true;
    await sleep(200);
  }
  rmSync(pidFile, { force: true });
  return false;
}

/**
 * @param {string | undefined} stat what /proc tells of a process; undefined where there is none
 * @returns {boolean} whether it is a Docker Engine, and not only what is left of one that has ended
 */
export function isDaemon(stat) {
  const [, name, state] = /^\d+ \((.*)\) (\S)/s.exec(stat ?? '') ?? [];
  return name === 'dockerd' && state !== undefined && !'ZXx'.includes(state);
}

/**
 * @param {Context} context
 * @param {{ log: string, ended: { reason?: string } } | undefined} process_
 */
async function untilReady(context, process_) {
  const deadline = Date.now() + startDeadline;
  while ((await ready(context)) === undefined) {
    const ended = process_?.ended.reason;
    if (ended !== undefined || Date.now() > deadline) {
      const log = process_ === undefined ? undefined : readText(process_.log);
      throw new SetupError(ended ?? `it did not answer within ${startDeadline / 1000} s`, {
        lines: log?.trimEnd().split('\n').slice(-15) ?? [],
        remedy: process_ === undefined ? 'journalctl -u docker tells more.' : `${process_.log} tells more.`,
      });
    }
    await sleep(200);
  }
}

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasApt, installPackages, updateLists } from '../apt.mjs';
import { aptMirror, findMirror, hasSecurity } from '../apt-sources.mjs';
import { allOnPath, run } from '../commands.mjs';
import { engineAddress } from '../engine-address.mjs';
import { request } from '../engine-client.mjs';
import { SetupError } from '../errors.mjs';
import { isRecord, readText } from '../files.mjs';
import { withLock } from '../lock.mjs';
import { isOffline, mirrorExpired, verdictOf } from '../probes.mjs';
import { slim } from '../slim-image.mjs';

/** @typedef {import('../runner.mjs').Context} Context */

const repository = 'debian';
const tag = 'trixie-slim';
const release = 'trixie';

/** How long the engine may be silent while it pulls or imports, in milliseconds. */
const patience = 120_000;

/** @type {import('../runner.mjs').Step} */
export const baseImage = {
  name: `image ${repository}:${tag}`,
  why: "the project's images start from it; pulled, or put together from Debian's packages where no registry can be reached",
  done: async ({ layout, env }) => {
    // Image builds ask this too, wherever the image came from.
    const offline = isOffline(env);
    const [present] = await Promise.all([isPresent(env), offline ? undefined : isExpired(layout, aptMirror())]);
    return present ? 'there' : undefined;
  },
  run: async (context) => {
    const { layout, env, report, tell } = context;
    await withLock(join(layout.cache, 'base-image.lock'), report, async () => {
      if (await isPresent(env)) return;
      const refusal = isOffline(env) ? 'SLIPWAY_OFFLINE=1' : await pull(env, report);
      if (refusal === undefined) return;
      tell(`no registry (${refusal}): putting it together from Debian's packages`);
      await bootstrap(context, refusal);
    });
  },
};

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<boolean>}
 */
async function isPresent(env) {
  const address = engineAddress(env);
  try {
    if (address.host.startsWith('ssh:')) {
      await run('docker', ['-H', address.host, 'image', 'inspect', `${repository}:${tag}`], { env });
      return true;
    }
    return (await request(address, { path: `/images/${repository}:${tag}/json` })).status === 200;
  } catch {
    return false;
  }
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {(line: string) => void} report
 * @returns {Promise<string | undefined>} why it can't be pulled; undefined when it was
 */
async function pull(env, report) {
  const address = engineAddress(env);
  if (address.host.startsWith('ssh:')) {
    await run('docker', ['-H', address.host, 'pull', `${repository}:${tag}`], { env, report });
    return undefined;
  }
  const { text } = await request(address, {
    method: 'POST',
    path: `/images/create?fromImage=${repository}&tag=${tag}`,
    timeout: patience,
    report: (line) => {
      report(messageIn(line, 'status') ?? line);
    },
  });
  if (await isPresent(env)) return undefined;
  const lines = text.trim().split('\n');
  const last = lines[lines.length - 1] ?? '';
  return messageIn(last, 'error') ?? messageIn(last, 'message') ?? 'no answer';
}

/**
 * @param {string} line of JSON
 * @param {string} key
 * @returns {string | undefined}
 */
function messageIn(line, key) {
  try {
    const parsed = /** @type {unknown} */ (JSON.parse(line));
    const value = isRecord(parsed) ? parsed[key] : undefined;
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Builds the image out of the distribution's own packages, in the shape of the official one.
 * @param {Context} context
 * @param {string} refusal why it could not be pulled
 */
async function bootstrap(context, refusal) {
  const { layout, env, report } = context;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !hasApt(env)) {
    throw new SetupError(`it can't be pulled (${refusal}), and putting it together takes root on Debian or Ubuntu`, {
      remedy: `Load it into the engine yourself (docker load, docker import) as ${repository}:${tag}, or run as root.`,
    });
  }
  const mirror = aptMirror();
  if (debootstrap(env) === undefined) {
    context.tell('installing debootstrap');
    await updateLists(context);
    await installPackages(['debootstrap'], context);
  }
  const root = mkdtempSync(join(tmpdir(), 'slipway-base-image-'));
  try {
    // Without a mirror of the machine's it takes its own, and writes down which.
    const args = ['--variant=minbase', release, root, ...(mirror === undefined ? [] : [mirror])];
    const remedy = `See that ${mirror ?? "Debian's archive"} can be reached.`;
    await run(debootstrap(env) ?? 'debootstrap', args, { env, report, remedy });
    const used = mirror ?? findMirror([readText(join(root, 'etc/apt/sources.list')) ?? '']);
    if (used === undefined) throw new SetupError('debootstrap did not say where it took its packages from');
    const security = mirror === undefined || hasSecurity(mirror);
    slim(root, { release, mirror: used, security, expired: await isExpired(layout, used) });
    await importImage(root, env);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/**
 * @param {import('../layout.mjs').Layout} layout
 * @param {string | undefined} mirror
 * @returns {Promise<boolean>} whether the mirror is a frozen snapshot whose index has run out
 */
async function isExpired(layout, mirror) {
  return mirror !== undefined && (await verdictOf(layout, 'mirror-frozen', () => mirrorExpired(mirror)));
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
function debootstrap(env) {
  return allOnPath('debootstrap', `${env['PATH'] ?? ''}:/usr/sbin:/sbin`)[0];
}

/**
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 */
async function importImage(root, env) {
  const changes = ['CMD ["bash"]', 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];
  const query = new URLSearchParams({ fromSrc: '-', repo: repository, tag });
  for (const change of changes) query.append('changes', change);
  const tar = spawn('tar', ['--numeric-owner', '--sort=name', '-C', root, '-c', '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  const path = `/images/create?${query.toString()}`;
  const { status, text } = await request(engineAddress(env), {
    method: 'POST',
    path,
    body: tar.stdout,
    timeout: patience,
  });
  if (status !== 200) throw new SetupError(`the engine refused the image: ${text.trim()}`);
}

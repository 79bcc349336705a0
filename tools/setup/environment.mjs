import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { aptMirror } from './apt-sources.mjs';
import { engineAddress } from './engine-address.mjs';
import { layoutOf } from './layout.mjs';
import { lastVerdict } from './probes.mjs';
import {
  embeddedFolders,
  findNode,
  findPulumi,
  isFirstOnPath,
  prependToPath,
  pulumiHome,
  usesEmbedded,
} from './toolchain.mjs';

/** Variables that setup sets only where the user has not. */
const userFirst = ['PULUMI_BACKEND_URL', 'PULUMI_HOME', 'PULUMI_CONFIG_PASSPHRASE_FILE'];

/**
 * The variables that put the toolchain of a project to work: what a process needs beside its own environment so that
 * `pulumi` and the program run as `slipway` runs them. What the user has set is left alone. Reads files only; a
 * process that has the variables already gets the same ones again.
 * @param {string} project the project's folder
 * @param {NodeJS.ProcessEnv} [processEnv]
 * @returns {Record<string, string>} what to set; nothing in it is a secret
 */
export function toolchainEnvironment(project, processEnv = process.env) {
  const env = forgetOtherProject(project, processEnv);
  const layout = layoutOf(project, env);
  const pulumi = findPulumi(layout, env);
  const embedded = usesEmbedded(layout, env);
  const folders = [
    ...nodeFolder(layout, env),
    ...(pulumi?.isOwn === true ? [layout.pulumiBin] : []),
    ...(embedded ? embeddedFolders(layout) : []),
  ];
  return {
    ...stateVariables(layout, env),
    ...engineVariables(env),
    ...packageVariables(layout, env),
    ...(embedded ? { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true' } : {}),
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    // Command, program and providers are Node processes that live for seconds: what is compiled once is kept.
    NODE_COMPILE_CACHE: env['NODE_COMPILE_CACHE'] ?? join(layout.cache, 'node-compile-cache'),
    SLIPWAY_PROJECT: project,
    PATH: prependToPath(env['PATH'], folders),
  };
}

/**
 * A shell that has taken over the variables of one checkout may be used in another, which must not get the first one's
 * state and passphrase.
 * @param {string} project
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
function forgetOtherProject(project, env) {
  const other = env['SLIPWAY_PROJECT'];
  if (other === undefined || other === project) return env;
  const foreign = join(other, '.slipway');
  return Object.fromEntries(
    Object.entries(env).filter(([key, value]) => !userFirst.includes(key) || !(value ?? '').includes(foreign)),
  );
}

/**
 * @param {import('./layout.mjs').Layout} layout
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]}
 */
function nodeFolder(layout, env) {
  const node = findNode(layout);
  return node === undefined || isFirstOnPath('node', env['PATH'], node) ? [] : [dirname(node)];
}

/**
 * @param {import('./layout.mjs').Layout} layout
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string>}
 */
function stateVariables(layout, env) {
  const backend = `file://${layout.state}`;
  const isOurs = (env['PULUMI_BACKEND_URL'] ?? backend) === backend;
  const theirFile = env['PULUMI_CONFIG_PASSPHRASE_FILE'] ?? layout.passphrase;
  const hasPassphrase = env['PULUMI_CONFIG_PASSPHRASE'] !== undefined || theirFile !== layout.passphrase;
  return {
    PULUMI_BACKEND_URL: env['PULUMI_BACKEND_URL'] ?? backend,
    PULUMI_HOME: pulumiHome(layout, env),
    ...(isOurs && !hasPassphrase ? { PULUMI_CONFIG_PASSPHRASE_FILE: layout.passphrase } : {}),
  };
}

/**
 * Not everything that talks to the engine reads the Docker client's contexts.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string>}
 */
function engineVariables(env) {
  const address = engineAddress(env);
  if (address.isDefault) return {};
  return {
    DOCKER_HOST: address.host,
    ...(address.certificates === undefined ? {} : { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: address.certificates }),
  };
}

/** Where Debian, and what is made after it, keeps the authorities that a machine trusts beside the public ones. */
const machineCertificates = '/usr/local/share/ca-certificates';

/**
 * @param {import('./layout.mjs').Layout} layout
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string>} what image builds take from the machine
 */
function packageVariables(layout, env) {
  const mirror = aptMirror();
  const certificates = env['SLIPWAY_CA_CERTIFICATES'] ?? machineCertificates;
  return {
    ...(existsSync(certificates) ? { SLIPWAY_CA_CERTIFICATES: certificates } : {}),
    ...(mirror === undefined ? {} : { SLIPWAY_APT_MIRROR: mirror }),
    ...(lastVerdict(layout, 'mirror-frozen')?.value === true ? { SLIPWAY_APT_CHECK_VALID_UNTIL: 'false' } : {}),
  };
}

import { allOnPath, run } from './commands.mjs';
import { compareVersions, versions } from './versions.mjs';

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string | undefined>} the version of the Go on PATH, such as 1.26.8
 */
export async function goVersion(env) {
  if (allOnPath('go', env['PATH']).length === 0) return undefined;
  try {
    // Asked for itself: a newer Go that a setting names is not what is installed.
    const text = await run('go', ['env', 'GOVERSION'], { env: { ...env, GOTOOLCHAIN: 'local' }, timeout: 10_000 });
    return /^go(\S+)/.exec(text)?.[1];
  } catch {
    return undefined;
  }
}

/**
 * The environment of a build. A Go that is too old fetches a newer one for it, by way of the module proxy.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function goEnvironment(env) {
  const version = await goVersion(env);
  const tooOld = version !== undefined && compareVersions(version, versions.go) < 0;
  return {
    ...env,
    CGO_ENABLED: '0',
    GOWORK: 'off',
    ...(tooOld ? { GOTOOLCHAIN: `go${versions.go}` } : {}),
  };
}

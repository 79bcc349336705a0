import type Docker from 'dockerode';
import type { PlannedExternal, PlannedLogin, Unreached } from '../../config/plan/types.ts';
import { obstacleOf } from './outcome.ts';
import { withPlace } from './place.ts';
import { tryPostgres } from './postgres.ts';
import { tryRedis } from './redis.ts';
import { connectFrom, type Place, type Tunnel } from './tunnel.ts';

/** How long a connection, and then a login, may take, in ms. */
const PATIENCE_MS = 10_000;

/**
 * Tries what somebody else runs from where the services of a stack would: from a container on the host, as the users that
 * they log in as. Leaves nothing behind, and lasts at most as long as its slowest answer.
 * @param values passwords by the names of their secrets; where one is missing there is no login
 * @returns what is in the way, in the order of the plan; empty: nothing
 */
export async function reachExternals(
  docker: Docker,
  externals: readonly PlannedExternal[],
  values: ReadonlyMap<string, string>,
): Promise<Unreached[]> {
  if (externals.length === 0) return [];
  try {
    return await withPlace(docker, async (place) => {
      const found = await Promise.all(externals.map((external) => reach(place, external, values)));
      return found.flat();
    });
  } catch (error) {
    const { reason: cause, message: detail } = obstacleOf(error);
    return externals.map(({ name: service }) => ({ service, cause: cause === 'silent' ? 'untried' : cause, detail }));
  }
}

/** Where it is not reached at all, that is told once and not for each login. */
async function reach(
  place: Place,
  external: PlannedExternal,
  values: ReadonlyMap<string, string>,
): Promise<Unreached[]> {
  const logins = external.logins.filter(({ secret }) => values.has(secret));
  const tries = logins.length > 0 ? logins : [undefined];
  const found = (await Promise.all(tries.map((login) => attempt(place, external, login, values)))).flat();
  const unconnected = found.find(({ login }) => login === undefined);
  return unconnected ? [unconnected] : found;
}

/** Connects and, where there is one, logs in. */
async function attempt(
  place: Place,
  { name: service, host, port, sslmode, ca }: PlannedExternal,
  login: PlannedLogin | undefined,
  values: ReadonlyMap<string, string>,
): Promise<Unreached[]> {
  let tunnel: Tunnel | undefined;
  try {
    tunnel = await connectFrom(place, { host, port, timeoutMs: PATIENCE_MS });
    if (!login) return [];
    const credentials = { user: login.user, database: login.database, password: values.get(login.secret) ?? '' };
    const logIn = login.protocol === 'postgres' ? tryPostgres : tryRedis;
    await logIn(tunnel, credentials, { host, sslmode, ca, timeoutMs: PATIENCE_MS });
    return [];
  } catch (error) {
    const { reason: cause, message: detail } = obstacleOf(error);
    return [{ service, ...(tunnel && login && { login }), cause, detail }];
  } finally {
    tunnel?.destroy();
  }
}

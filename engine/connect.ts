import Docker from 'dockerode';
import { defaultEngine, engineAddress } from '../tools/setup/engine-address.mjs';
import { settled } from './connection.ts';

/** Where Docker listens unless somebody says otherwise. */
export const DEFAULT_HOST = defaultEngine;

/** An address that no connection can be made to; the message says what would be accepted. */
export class HostAddressError extends Error {
  override name = 'HostAddressError';
}

/**
 * The address of the engine that commands and program talk to: `configured`, else DOCKER_HOST, else the docker
 * client's current context, else {@link DEFAULT_HOST}: the order that the docker client itself keeps.
 */
export function engineHost(configured?: string, env: NodeJS.ProcessEnv = process.env): string {
  return configured ?? engineAddress(env).host;
}

/** A client of the engine at `host` (`unix://…`, `tcp://…` or `http://…`). Opens no connection yet. */
export function connect(host: string): Docker {
  if (host.startsWith('unix://')) return settled(new Docker({ socketPath: host.slice('unix://'.length) }), host);
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url?.protocol === 'tcp:' || url?.protocol === 'http:') {
    return settled(new Docker({ host: url.hostname, port: Number(url.port || 2375), protocol: 'http' }), host);
  }
  throw new HostAddressError(`"${host}" is not the address of a Docker host; accepted: unix:///path, tcp://host:port`);
}

import type { ContainerInspectInfo } from 'dockerode';
import { statusOf } from '../../../engine/answers.ts';
import { failure, type Host, unlessGone } from './host.ts';

/** Network → the names to answer to there. */
export type Aliases = Readonly<Record<string, readonly string[]>>;

/** Of `wanted`, what the container has: a network without one of its names counts as not joined. */
export function joined(container: ContainerInspectInfo, wanted: Aliases): Aliases {
  const has = container.NetworkSettings.Networks;
  return Object.fromEntries(
    Object.entries(wanted).filter(([network, aliases]) => {
      const present = (has[network]?.Aliases ?? []) as readonly string[];
      return has[network] !== undefined && aliases.every((alias) => present.includes(alias));
    }),
  );
}

/** Joins the container to each of `wanted` that it isn't joined to. */
export async function join(host: Host, container: ContainerInspectInfo, wanted: Aliases): Promise<void> {
  const has = joined(container, wanted);
  const missing = Object.entries(wanted).filter(([network]) => has[network] === undefined);
  await Promise.all(
    missing.map(async ([network, aliases]) => {
      // The names of an existing connection can't be changed.
      if (container.NetworkSettings.Networks[network]) await leave(host, container.Id, [network]);
      try {
        await host.docker
          .getNetwork(network)
          .connect({ Container: container.Id, EndpointConfig: { Aliases: [...aliases] } });
      } catch (error) {
        throw failure(host, `container ${container.Name.slice(1)} can't join network ${network}`, error);
      }
    }),
  );
}

/** Takes the container out of networks. A network or container that is gone, or was never joined, is passed over. */
export async function leave(host: Host, id: string, networks: readonly string[]): Promise<void> {
  await Promise.all(
    networks.map(async (network) => {
      try {
        await unlessGone(host.docker.getNetwork(network).disconnect({ Container: id, Force: false }));
      } catch (error) {
        if (!notConnected(error)) throw failure(host, `a container can't leave network ${network}`, error);
      }
    }),
  );
}

/** Engines answer 403 or 500 to it, so the words have to decide. */
function notConnected(error: unknown): boolean {
  return statusOf(error) !== undefined && String(error).includes('is not connected');
}

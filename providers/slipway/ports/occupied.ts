import type { ContainerInfo } from 'dockerode';
import { type Host, unlessGone } from '../host/host.ts';
import { sameOwner } from '../subnets/occupied.ts';

/** Ports of a host, by who has them. */
export interface Occupied {
  /** Published by running containers of the stack itself. */
  readonly own: ReadonlySet<number>;
  /** Published by running containers of others. */
  readonly foreign: ReadonlySet<number>;
  /** What containers of others will publish once they are started again. */
  readonly promised: ReadonlySet<number>;
}

/** Asks the engine which ports its containers publish. `labels`: those of the stack itself. */
export async function occupiedPorts(host: Host, labels: Readonly<Record<string, string>>): Promise<Occupied> {
  const containers = await host.docker.listContainers({ all: true });
  const own = containers.filter((container) => sameOwner(container.Labels, labels));
  const foreign = containers.filter((container) => !own.includes(container));
  const stopped = foreign.filter(({ State }) => State !== 'running');
  const promised = await Promise.all(stopped.map(({ Id }) => bound(host, Id)));
  return { own: published(own), foreign: published(foreign), promised: new Set(promised.flat()) };
}

function published(containers: readonly ContainerInfo[]): Set<number> {
  return new Set(
    containers.flatMap(({ Ports }) => Ports.flatMap(({ PublicPort }) => (PublicPort ? [PublicPort] : []))),
  );
}

/** What a container is configured to publish: the list tells nothing of one that does not run. */
async function bound(host: Host, id: string): Promise<number[]> {
  const container = await unlessGone(host.docker.getContainer(id).inspect());
  const bindings = (container?.HostConfig.PortBindings ?? {}) as Readonly<
    Record<string, readonly { readonly HostPort?: string }[] | null>
  >;
  return Object.values(bindings)
    .flatMap((each) => each ?? [])
    .map(({ HostPort }) => Number(HostPort ?? 0))
    .filter((port) => port > 0);
}

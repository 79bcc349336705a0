import type Docker from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';
import { LABELS } from '../../../engine/labels.ts';
import type { Host } from '../host/host.ts';
import { remove } from '../host/stop.ts';

/** What tells the containers of one service of one deployment. */
const SERVICE = [LABELS.instance, LABELS.kind, LABELS.service];
/** What tells the containers of one replica. */
const REPLICA = [...SERVICE, LABELS.replica];

/**
 * Removes the stopped containers that earlier failed releases of the same replica left for inspection, except those in
 * `keep`. A container without the labels that tell whose it is has none.
 */
export async function removeFailedCandidates(host: Host, container: string, keep: readonly string[]): Promise<void> {
  const { Config } = await host.docker.getContainer(container).inspect();
  const identity = identityOf(Config.Labels, REPLICA);
  if (!identity) return;
  const stopped = await host.docker.listContainers({
    all: true,
    filters: { label: identity, status: ['exited', 'created', 'dead'] },
  });
  const left = stopped.filter(({ Id }) => Id !== container && !keep.includes(Id));
  await Promise.all(left.map(({ Id }) => remove(host, Id)));
}

/** The running containers of the service that a container belongs to; none for one whose labels do not tell whose it is. */
export async function runningOf(
  host: Host,
  { Config }: Pick<ContainerInspectInfo, 'Config'>,
): Promise<Docker.ContainerInfo[]> {
  const label = identityOf(Config.Labels, SERVICE);
  return label ? host.docker.listContainers({ filters: { label, status: ['running'] } }) : [];
}

/** True if another container of the same service runs: what one leaves, another can take over. */
export async function hasCompany(host: Host, container: ContainerInspectInfo): Promise<boolean> {
  return (await runningOf(host, container)).some(({ Id }) => Id !== container.Id);
}

/** What to find containers by that are equal in `names`; undefined: this one lacks one of them. */
function identityOf(labels: Readonly<Record<string, string>>, names: readonly string[]): string[] | undefined {
  const identity = names.map((name) => `${name}=${labels[name] ?? ''}`);
  return identity.some((label) => label.endsWith('=')) ? undefined : identity;
}

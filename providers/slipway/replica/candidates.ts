import { LABELS } from '../../../engine/labels.ts';
import { type Host } from '../host/host.ts';
import { remove } from '../host/stop.ts';

/** What tells the containers of one replica of one deployment. */
const IDENTITY = [LABELS.instance, LABELS.kind, LABELS.service, LABELS.replica];

/**
 * Removes the stopped containers that earlier failed releases of the same replica left for inspection, except those in
 * `keep`. A container without the labels that tell whose it is has none.
 */
export async function removeFailedCandidates(host: Host, container: string, keep: readonly string[]): Promise<void> {
  const { Config } = await host.docker.getContainer(container).inspect();
  const identity = IDENTITY.map((label) => `${label}=${Config.Labels[label] ?? ''}`);
  if (identity.some((label) => label.endsWith('='))) return;
  const stopped = await host.docker.listContainers({
    all: true,
    filters: { label: identity, status: ['exited', 'created', 'dead'] },
  });
  const left = stopped.filter(({ Id }) => Id !== container && !keep.includes(Id));
  await Promise.all(left.map(({ Id }) => remove(host, Id)));
}

import type Docker from 'dockerode';
import { containerName } from '../../engine/answers.ts';
import { LABELS, type ObjectKind } from '../../engine/labels.ts';

/** Something on a host that carries a stack's labels. */
export interface HostObject {
  readonly type: 'container' | 'network' | 'volume';
  /** Volumes have no id but their name. */
  readonly id: string;
  readonly name: string;
  /** What its label says it is for. */
  readonly kind: ObjectKind | undefined;
}

/** Everything on a host that carries the labels of stack `instance`. */
export async function objectsOf(docker: Docker, instance: string): Promise<HostObject[]> {
  const filters = { label: [`${LABELS.instance}=${instance}`] };
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return [
    ...containers.map((container) => ({
      type: 'container' as const,
      id: container.Id,
      name: containerName(container),
      kind: kindOf(container.Labels),
    })),
    ...networks.map((network) => ({
      type: 'network' as const,
      id: network.Id,
      name: network.Name,
      kind: kindOf(network.Labels),
    })),
    ...volumes.Volumes.map((volume) => ({
      type: 'volume' as const,
      id: volume.Name,
      name: volume.Name,
      kind: kindOf(volume.Labels),
    })),
  ];
}

function kindOf(labels: Readonly<Record<string, string>> | null | undefined): ObjectKind | undefined {
  return labels?.[LABELS.kind] as ObjectKind | undefined;
}

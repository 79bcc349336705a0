import type Docker from 'dockerode';
import { containerName } from '../../engine/answers.ts';
import { LABELS } from '../../engine/labels.ts';

/** A container of a stack, as a list shows it. */
export interface StackContainer {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  /** From 1; jobs have none. */
  readonly replica: number | undefined;
  readonly kind: 'service' | 'job';
  readonly running: boolean;
  /** Seconds since the epoch. */
  readonly created: number;
}

/** Containers of services and jobs of stack `instance` (undefined: nothing was ever made), by service and replica, newest first. */
export async function containersOf(docker: Docker, instance: string | undefined): Promise<StackContainer[]> {
  if (instance === undefined) return [];
  const list = await docker.listContainers({
    all: true,
    filters: { label: [`${LABELS.instance}=${instance}`] },
  });
  return list
    .flatMap((info): StackContainer[] => {
      const identity = identify(info.Labels);
      if (identity === undefined) return [];
      return [
        {
          ...identity,
          id: info.Id,
          name: containerName(info),
          running: info.State === 'running',
          created: info.Created,
        },
      ];
    })
    .sort((a, b) => a.service.localeCompare(b.service) || (a.replica ?? 0) - (b.replica ?? 0) || b.created - a.created);
}

/** What a container's labels say it is; undefined: neither a replica nor a job. */
export function identify(
  labels: Readonly<Record<string, string | undefined>>,
): Pick<StackContainer, 'service' | 'replica' | 'kind'> | undefined {
  const { [LABELS.service]: service, [LABELS.kind]: kind, [LABELS.replica]: replica } = labels;
  if (service === undefined || (kind !== 'service' && kind !== 'job')) return undefined;
  return { service, replica: replica === undefined ? undefined : Number(replica), kind };
}

/** How a container is called in what people read: `api-2`, or `migrate` for a job. */
export function displayName(container: Pick<StackContainer, 'service' | 'replica'>): string {
  return container.replica === undefined ? container.service : `${container.service}-${container.replica}`;
}

import type { ContainerInspectInfo } from 'dockerode';
import { listedContainers, renderList } from '../../../config/plan/edges.ts';
import { containerName } from '../../../engine/answers.ts';
import { openVolume } from '../files/volume.ts';
import { type Host, unlessGone } from '../host/host.ts';
import { runningOf } from './candidates.ts';
import type { ReplicaInputs } from './schema.ts';

/**
 * For each list that a replica stands in whether it is as a gate has written it: not gone, naming the replica, and saying
 * nothing else.
 */
export async function areListed(
  host: Host,
  container: ContainerInspectInfo,
  { routes = [] }: ReplicaInputs,
): Promise<boolean[]> {
  if (routes.length === 0) return [];
  const { Image, Name, Config } = container;
  const answering = (await runningOf(host, container)).map(containerName);
  return Promise.all(
    routes.map(async ({ volume, file, list }) => {
      if (!(await unlessGone(host.docker.getVolume(volume).inspect()))) return false;
      const opened = await openVolume(host, volume, { image: Image, labels: Config.Labels });
      try {
        const found = await opened.read(file);
        if (found === undefined) return false;
        const names = listedContainers(list, found);
        const isRight = names.includes(Name.slice(1)) && names.every((name) => answering.includes(name));
        return isRight && renderList(list, names) === found;
      } finally {
        await opened.close();
      }
    }),
  );
}

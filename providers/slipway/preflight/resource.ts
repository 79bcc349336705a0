import { LABELS } from '../../../engine/labels.ts';
import { diffValues, failures, type Operation, type Resource } from '../../rpc/index.ts';
import type { Host } from '../host/host.ts';
import { remove } from '../host/stop.ts';
import { run } from '../job/run.ts';
import { JobInputs } from '../job/schema.ts';

/**
 * A check that what is to replace a service can do so, made while the old one serves: a container of the new image, with
 * the files and the data of the service, runs to completion. Where nothing is to be replaced nothing is checked; whoever
 * is to be replaced waits for it.
 */
export function preflightResource(host: Host): Resource {
  return {
    token: 'slipway:index:Preflight',
    check: ({ inputs }) => ({ inputs, failures: failures(JobInputs, inputs) }),
    diff: ({ olds, news }) => ({ changes: diffValues(olds, news) }),
    async create(operation, inputs) {
      if (operation.preview) return { id: '', state: inputs };
      const check = JobInputs.parse(inputs);
      if (await isDeployed(host, check)) await pass(host, operation, check);
      return { id: check.name, state: inputs };
    },
    async update(operation, { news }) {
      if (!operation.preview) await pass(host, operation, JobInputs.parse(news));
      return news;
    },
    read: (_, { state, inputs }) => Promise.resolve({ state, inputs }),
    delete: () => Promise.resolve(),
  };
}

/** @throws what the check has against it, with its last lines; the old container has not been touched */
async function pass(host: Host, operation: Operation, check: JobInputs): Promise<void> {
  const { containerId } = await run(host, operation, check);
  await remove(host, containerId);
}

/** Whether the service has containers already. */
async function isDeployed(host: Host, { labels }: JobInputs): Promise<boolean> {
  const label = Object.entries({ ...labels, [LABELS.kind]: 'service' }).map(([key, value]) => `${key}=${value}`);
  return (await host.docker.listContainers({ all: true, filters: { label } })).length > 0;
}

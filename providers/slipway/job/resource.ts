import { z } from 'zod';
import { diffValues, failures, type Resource, UNKNOWN, type Values } from '../../rpc/index.ts';
import type { Host } from '../host/host.ts';
import { remove } from '../host/stop.ts';
import { removeRuns, run } from './run.ts';
import { JobInputs } from './schema.ts';

/** What finds the containers of a job; all that is asked of the inputs of a job that is to go. */
const Identity = z.object(JobInputs.pick({ name: true, labels: true }).shape);

const UNKNOWN_RESULT: Values = { exitCode: UNKNOWN, finishedAt: UNKNOWN, durationMs: UNKNOWN, containerId: UNKNOWN };

/**
 * A container that runs to completion. It runs when it is created and whenever its inputs change, and only then; a run
 * that fails leaves the state as it was, so that the next `up` runs it again.
 */
export function jobResource(host: Host): Resource {
  return {
    token: 'slipway:index:Job',
    check: ({ inputs }) => ({ inputs, failures: failures(JobInputs, inputs) }),
    diff: ({ olds, news }) => ({ changes: diffValues(olds, news) }),
    async create(operation, inputs) {
      if (operation.preview) return { id: '', state: { ...inputs, ...UNKNOWN_RESULT } };
      const job = JobInputs.parse(inputs);
      return { id: job.name, state: { ...inputs, ...(await run(host, operation, job)) } };
    },
    async update(operation, { olds, news, state }) {
      if (operation.preview) return { ...news, ...UNKNOWN_RESULT };
      const { containerId: before } = state;
      const keep = typeof before === 'string' ? before : undefined;
      const result = await run(host, operation, JobInputs.parse(news), keep);
      // Only now: a run that fails leaves the state as it was, and what the state names has to be there.
      if (keep !== undefined) await remove(host, keep);
      await removeRuns(host, Identity.parse(olds), result.containerId);
      return { ...news, ...result };
    },
    // That it has run stays true when its container has been cleared away: it must not run again for that.
    read: (_, { state, inputs }) => Promise.resolve({ state, inputs }),
    async delete(_, { inputs, state }) {
      await removeAll(host, inputs, state);
    },
  };
}

/** The container of the last good run, and whatever others its labels find. */
async function removeAll(host: Host, inputs: Values, { containerId }: Values): Promise<void> {
  if (typeof containerId === 'string') await remove(host, containerId);
  await removeRuns(host, Identity.parse(inputs));
}

import { randomBytes } from 'node:crypto';
import type { ContainerInspectInfo } from 'dockerode';
import type { Operation } from '../../rpc/index.ts';
import { exitCause } from '../host/exit.ts';
import { type Host, reasonOf } from '../host/host.ts';
import { lastLines } from '../host/logs.ts';
import { join } from '../host/networks.ts';
import { remove, stop } from '../host/stop.ts';
import { containerOptions } from './container-options.ts';
import type { JobInputs, JobResult } from './schema.ts';

/** What a job that has to be stopped gets to end by itself. */
const STOP_GRACE_MS = 10_000;

/**
 * Runs a job to its end, in a container that is kept, stopped, until the next run or the job's end. Containers of
 * earlier runs are removed before, except `keep`.
 * @throws if it can't be run, doesn't end in time, is interrupted, or doesn't end with code 0
 */
export async function run(host: Host, operation: Operation, job: JobInputs, keep?: string): Promise<JobResult> {
  await removeRuns(host, job, keep);
  const id = await prepare(host, job);
  operation.log('info', 'running', { ephemeral: true });
  const ended = await wait(host, id, job.timeoutMs, operation.signal);
  if (ended !== 'ended') await stop(host, id, STOP_GRACE_MS);
  const container = await host.docker.getContainer(id).inspect();
  const cause = causeOf(container, ended, job.timeoutMs);
  if (cause !== undefined) throw await failed(host, job, container, cause);
  const { ExitCode, FinishedAt, StartedAt } = container.State;
  const durationMs = Date.parse(FinishedAt) - Date.parse(StartedAt);
  operation.log('info', `finished after ${(durationMs / 1000).toFixed(1)} s`);
  return { exitCode: ExitCode, finishedAt: FinishedAt, durationMs, containerId: id };
}

/** Removes the containers of earlier runs, whatever became of them, except `keep`. */
export async function removeRuns(
  host: Host,
  { name, labels }: Pick<JobInputs, 'name' | 'labels'>,
  keep?: string,
): Promise<void> {
  const label = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const found = await host.docker.listContainers({ all: true, filters: { label } });
  const runs = found.filter(({ Id, Names }) => Id !== keep && Names.some((each) => isRun(each, name)));
  await Promise.all(runs.map(({ Id }) => remove(host, Id)));
}

/** Whether a container's name, as the engine tells it, is that of a run of the job `name`. */
export function isRun(container: string, name: string): boolean {
  return container.startsWith(`/${name}-`) && /^[0-9a-f]{7}$/.test(container.slice(name.length + 2));
}

/** A started container; one that can't be started holds nothing to look at, and is removed. */
async function prepare(host: Host, job: JobInputs): Promise<string> {
  const name = `${job.name}-${randomBytes(4).toString('hex').slice(0, 7)}`;
  let id: string | undefined;
  try {
    const container = await host.docker.createContainer(containerOptions(name, job));
    id = container.id;
    const further = job.networks.slice(1).map(({ network, aliases }) => [network, aliases] as const);
    await join(host, await container.inspect(), Object.fromEntries(further));
    await container.start();
    return id;
  } catch (error) {
    if (id !== undefined) await remove(host, id);
    throw new Error(`${job.service} (job) on ${host.address} can't be started: ${reasonOf(error)}`, { cause: error });
  }
}

type Ended = 'ended' | 'timed out' | 'interrupted';

async function wait(host: Host, id: string, timeoutMs: number, interrupted: AbortSignal): Promise<Ended> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const abortSignal = AbortSignal.any([timeout, interrupted]);
    await host.docker.getContainer(id).wait({ condition: 'not-running', abortSignal });
    return 'ended';
  } catch (error) {
    if (interrupted.aborted) return 'interrupted';
    if (timeout.aborted) return 'timed out';
    throw error;
  }
}

function causeOf(container: ContainerInspectInfo, ended: Ended, timeoutMs: number): string | undefined {
  switch (ended) {
    case 'interrupted':
      return 'it was interrupted, and stopped';
    case 'timed out':
      return `it had not ended after ${(timeoutMs / 1000).toFixed(1)} s, and was stopped`;
    case 'ended':
      return container.State.ExitCode === 0 ? undefined : `it ended ${exitCause(container)}`;
  }
}

async function failed(host: Host, job: JobInputs, { Id, Name }: ContainerInspectInfo, cause: string): Promise<Error> {
  const name = Name.slice(1);
  return new Error(
    [
      `${job.service} (job) on ${host.address} failed: ${cause}`,
      `container ${name} (${Id.slice(0, 12)}); ${await lastLines(host, Id)}`,
      `It is kept for inspection until the next run (docker logs ${name}). Whatever waits for it was not touched.`,
      'Mend the job and run up again, which runs it again.',
    ].join('\n'),
  );
}

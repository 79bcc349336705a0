import type { ContainerCreateOptions, MountSettings } from 'dockerode';
import type { JobInputs } from './schema.ts';

const NANOS = 1e9;

/** What the engine is asked for: pure. Networks other than the first are joined after, as older engines want it. */
export function containerOptions(name: string, job: JobInputs): ContainerCreateOptions {
  const [first] = job.networks;
  return {
    name,
    Image: job.image,
    ...(job.command.length > 0 && { Cmd: job.command }),
    ...(job.entrypoint !== undefined && { Entrypoint: job.entrypoint }),
    ...(job.user !== undefined && { User: job.user }),
    Env: Object.entries(job.environment).map(([key, value]) => `${key}=${value}`),
    Labels: job.labels,
    // A service's health check says nothing about a job.
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      RestartPolicy: { Name: 'no' },
      NetworkMode: first?.network ?? 'none',
      Mounts: [
        ...job.mounts.map(({ volume, path, readOnly }) => toMount('volume', volume, path, readOnly)),
        ...(job.folders ?? []).map(({ source, path, readOnly }) => toMount('bind', source, path, readOnly)),
      ],
      Tmpfs: job.tmpfs,
      ReadonlyRootfs: job.readOnly,
      CapAdd: job.capAdd,
      CapDrop: job.capDrop,
      SecurityOpt: job.securityOpts,
      // Memory and swap together: a limit, not half of one.
      ...(job.memory !== undefined && { Memory: job.memory, MemorySwap: job.memory + (job.swap ?? 0) }),
      ...(job.cpus !== undefined && { NanoCpus: Math.round(job.cpus * NANOS) }),
      ...(job.pidsLimit !== undefined && { PidsLimit: job.pidsLimit }),
      ...(job.ulimits && {
        Ulimits: Object.entries(job.ulimits).map(([Name, limit]) => ({ Name, Soft: limit, Hard: limit })),
      }),
      ...(job.logDriver !== undefined && { LogConfig: { Type: job.logDriver, Config: job.logOpts ?? {} } }),
    },
    ...(first && { NetworkingConfig: { EndpointsConfig: { [first.network]: { Aliases: first.aliases } } } }),
  };
}

function toMount(type: 'volume' | 'bind', source: string, path: string, readOnly: boolean): MountSettings {
  return { Type: type, Source: source, Target: path, ReadOnly: readOnly };
}

import type Docker from 'dockerode';
import { nanoseconds } from '../duration.ts';
import type { ContainerInputs } from './schema.ts';

const MEBIBYTE = 2 ** 20;

/** What the engine's API is asked to create. Networks are joined afterwards, the default one left. */
export function toCreateBody(inputs: ContainerInputs): Docker.ContainerCreateOptions {
  return {
    name: inputs.name,
    Image: inputs.image,
    Hostname: inputs.hostname,
    Env: [...inputs.envs],
    ...(inputs.command.length > 0 && { Cmd: [...inputs.command] }),
    ...(inputs.entrypoints.length > 0 && { Entrypoint: [...inputs.entrypoints] }),
    User: inputs.user,
    WorkingDir: inputs.workingDir,
    Labels: Object.fromEntries(inputs.labels.map(({ label, value }) => [label, value])),
    ExposedPorts: Object.fromEntries(inputs.ports.map((port) => [portKey(port), {}])),
    Volumes: Object.fromEntries(inputs.volumes.map(({ containerPath }) => [containerPath, {}])),
    ...(inputs.stopSignal !== '' && { StopSignal: inputs.stopSignal }),
    ...(inputs.stopTimeout > 0 && { StopTimeout: inputs.stopTimeout }),
    ...(inputs.healthcheck && { Healthcheck: toHealthConfig(inputs.healthcheck) }),
    HostConfig: toHostConfig(inputs),
  };
}

function toHostConfig(inputs: ContainerInputs): Docker.HostConfig {
  return {
    NetworkMode: 'bridge',
    RestartPolicy: { Name: inputs.restart, MaximumRetryCount: inputs.maxRetryCount },
    PortBindings: toPortBindings(inputs.ports),
    ExtraHosts: inputs.hosts.map(({ host, ip }) => `${host}:${ip}`),
    ...(inputs.dns.length > 0 && { Dns: [...inputs.dns] }),
    Binds: inputs.volumes.flatMap(({ volumeName, containerPath, readOnly }) =>
      volumeName === '' ? [] : [`${volumeName}:${containerPath}:${readOnly ? 'ro' : 'rw'}`],
    ),
    Mounts: inputs.mounts.map(toMount),
    ...(Object.keys(inputs.tmpfs).length > 0 && { Tmpfs: { ...inputs.tmpfs } }),
    ReadonlyRootfs: inputs.readOnly,
    Init: inputs.init,
    CapAdd: [...(inputs.capabilities?.adds ?? [])],
    CapDrop: [...(inputs.capabilities?.drops ?? [])],
    ...(inputs.securityOpts.length > 0 && { SecurityOpt: [...inputs.securityOpts] }),
    Ulimits: inputs.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
    ...(inputs.shmSize > 0 && { ShmSize: inputs.shmSize * MEBIBYTE }),
    ...(inputs.cpus !== '' && { NanoCpus: Math.round(Number(inputs.cpus) * 1e9) }),
    LogConfig: { Type: inputs.logDriver, Config: { ...inputs.logOpts } },
    ...toLimits(inputs),
  };
}

/** What can be changed while a container runs: restart policy and limits. */
export function toUpdateBody(inputs: ContainerInputs): object {
  return { RestartPolicy: { Name: inputs.restart, MaximumRetryCount: inputs.maxRetryCount }, ...toLimits(inputs) };
}

function toLimits({ memory, memoryReservation, memorySwap, cpuShares }: ContainerInputs): Docker.HostConfig {
  return {
    Memory: memory * MEBIBYTE,
    MemoryReservation: memoryReservation * MEBIBYTE,
    MemorySwap: memorySwap > 0 ? memorySwap * MEBIBYTE : memorySwap,
    CpuShares: cpuShares,
  };
}

function toHealthConfig(healthcheck: NonNullable<ContainerInputs['healthcheck']>): Docker.HealthConfig {
  const { tests, interval, timeout, startPeriod, startInterval, retries } = healthcheck;
  const config = {
    Test: [...tests],
    Interval: nanoseconds(interval) ?? 0,
    Timeout: nanoseconds(timeout) ?? 0,
    StartPeriod: nanoseconds(startPeriod) ?? 0,
    Retries: retries,
  };
  const first = nanoseconds(startInterval) ?? 0;
  // Engines before API 1.44 refuse the very name.
  return first > 0 ? { ...config, StartInterval: first } : config;
}

function toPortBindings(ports: ContainerInputs['ports']): Docker.PortMap {
  const bindings: Record<string, { HostPort: string; HostIp: string }[]> = {};
  for (const port of ports) {
    (bindings[portKey(port)] ??= []).push({ HostPort: String(port.external), HostIp: port.ip });
  }
  return bindings;
}

function portKey({ internal, protocol }: { internal: number; protocol: string }): string {
  return `${internal}/${protocol}`;
}

function toMount(mount: ContainerInputs['mounts'][number]): Docker.MountSettings {
  const { type, target, source, readOnly, bindOptions, tmpfsOptions } = mount;
  return {
    Type: type as Docker.MountType,
    Target: target,
    Source: source,
    ReadOnly: readOnly,
    ...(type === 'bind' && bindOptions && { BindOptions: { Propagation: bindOptions.propagation as never } }),
    ...(type === 'tmpfs' &&
      tmpfsOptions && { TmpfsOptions: { SizeBytes: tmpfsOptions.sizeBytes, Mode: tmpfsOptions.mode } }),
  };
}

import type { Value, Values } from '../../../rpc/index.ts';
import { duration } from '../duration.ts';
import { cpusText } from './schema.ts';

const MEBIBYTE = 2 ** 20;

/** What is read of the engine's answer to "inspect". It leaves out, or says null, what is not set. */
export interface Inspected {
  readonly Id: string;
  readonly Name: string;
  /** Id of the image; its name, as it was given, is in `Config`. */
  readonly Image: string;
  readonly Platform?: string;
  readonly State: {
    readonly Running: boolean;
    readonly ExitCode: number;
    readonly Health?: { readonly Status: string };
  };
  readonly Config: {
    readonly Image: string;
    readonly Hostname: string;
    readonly User: string;
    readonly WorkingDir: string;
    readonly Tty: boolean;
    readonly OpenStdin: boolean;
    readonly Cmd: readonly string[] | null;
    readonly Entrypoint: readonly string[] | null;
    readonly StopSignal?: string;
    readonly StopTimeout?: number;
    readonly Healthcheck?: InspectedHealth;
  };
  readonly HostConfig: InspectedHost;
  readonly NetworkSettings: {
    readonly Bridge: string;
    readonly Ports: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null>>;
    readonly Networks: Readonly<Record<string, InspectedNetwork>>;
  };
}

interface InspectedHealth {
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

interface InspectedHost {
  readonly NetworkMode: string;
  readonly AutoRemove: boolean;
  readonly ReadonlyRootfs: boolean;
  readonly Privileged: boolean;
  readonly PublishAllPorts: boolean;
  readonly IpcMode: string;
  readonly Runtime: string;
  readonly Init?: boolean | null;
  readonly Dns: readonly string[] | null;
  readonly ExtraHosts: readonly string[] | null;
  readonly SecurityOpt: readonly string[] | null;
  readonly CapAdd: readonly string[] | null;
  readonly CapDrop: readonly string[] | null;
  readonly Mounts?: readonly InspectedMount[];
  readonly Tmpfs?: Readonly<Record<string, string>>;
  readonly Ulimits: readonly { Name: string; Soft: number; Hard: number }[] | null;
  readonly ShmSize: number;
  readonly RestartPolicy: { readonly Name: string; readonly MaximumRetryCount: number };
  readonly Memory: number;
  readonly MemoryReservation: number;
  readonly MemorySwap: number;
  readonly NanoCpus: number;
  readonly CpuShares: number;
  readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> | null };
}

interface InspectedMount {
  readonly Type: string;
  readonly Target: string;
  readonly Source?: string;
  readonly ReadOnly?: boolean;
  readonly BindOptions?: { readonly Propagation?: string };
  readonly TmpfsOptions?: { readonly SizeBytes?: number; readonly Mode?: number };
}

interface InspectedNetwork {
  readonly IPAddress: string;
  readonly IPPrefixLen: number;
  readonly Gateway: string;
  readonly GlobalIPv6Address: string;
  readonly GlobalIPv6PrefixLen: number;
  readonly IPv6Gateway: string;
  readonly MacAddress: string;
}

/**
 * What the engine tells of a container, over the state `before`. Environment, labels and volumes are not read back: the
 * image has its own share in them. A container that should run and doesn't reads as `mustRun: false`.
 */
export function inspectedState(found: Inspected, before: Values): Values {
  const { Config, HostConfig, State, NetworkSettings } = found;
  const mustRun = before['mustRun'] === true;
  return {
    ...before,
    bridge: NetworkSettings.Bridge,
    networkDatas: networkDatas(NetworkSettings.Networks),
    ...((State.Running || mustRun) && filled(before['ports']) && { ports: publishedPorts(NetworkSettings.Ports) }),
    ...(!State.Running && { exitCode: State.ExitCode, mustRun: false }),
    name: found.Name.replace(/^\//, ''),
    image: typeof before['image'] === 'string' && before['image'].startsWith('sha256:') ? found.Image : Config.Image,
    hostname: Config.Hostname,
    command: Config.Cmd ?? [],
    entrypoints: Config.Entrypoint ?? [],
    user: Config.User,
    workingDir: Config.WorkingDir,
    tty: Config.Tty,
    stdinOpen: Config.OpenStdin,
    stopSignal: Config.StopSignal ?? '',
    stopTimeout: Config.StopTimeout ?? 0,
    platform: found.Platform ?? '',
    ...(Config.Healthcheck && { healthcheck: readHealthcheck(Config.Healthcheck) }),
    ...readHostConfig(HostConfig, before),
  };
}

function readHostConfig(host: InspectedHost, before: Values): Values {
  const capabilities = { adds: host.CapAdd ?? [], drops: host.CapDrop ?? [] };
  return {
    networkMode: host.NetworkMode,
    privileged: host.Privileged,
    publishAllPorts: host.PublishAllPorts,
    ipcMode: host.IpcMode,
    runtime: host.Runtime,
    rm: host.AutoRemove,
    readOnly: host.ReadonlyRootfs,
    init: host.Init ?? false,
    dns: filled(host.Dns) ? host.Dns : null,
    hosts: (host.ExtraHosts ?? []).map(readExtraHost),
    securityOpts: host.SecurityOpt ?? [],
    ...((filled(capabilities.adds) || filled(capabilities.drops)) && { capabilities }),
    mounts: (host.Mounts ?? []).map(readMount),
    tmpfs: host.Tmpfs ?? null,
    ...(filled(before['ulimits']) && {
      ulimits: (host.Ulimits ?? []).map(({ Name, Soft, Hard }) => ({ name: Name, soft: Soft, hard: Hard })),
    }),
    shmSize: mebibytes(host.ShmSize),
    restart: host.RestartPolicy.Name,
    maxRetryCount: host.RestartPolicy.MaximumRetryCount,
    memory: mebibytes(host.Memory),
    memoryReservation: mebibytes(host.MemoryReservation),
    memorySwap: mebibytes(host.MemorySwap),
    ...(host.NanoCpus > 0 && { cpus: cpusText(host.NanoCpus) }),
    cpuShares: host.CpuShares,
    logDriver: host.LogConfig.Type,
    logOpts: before['logOpts'] === null ? null : host.LogConfig.Config,
  };
}

function readExtraHost(entry: string): Values {
  const at = entry.indexOf(':');
  return { host: entry.slice(0, at), ip: entry.slice(at + 1) };
}

/** -1 and 0 mean something of their own. */
function mebibytes(bytes: number): number {
  return bytes > 0 ? Math.floor(bytes / MEBIBYTE) : bytes;
}

function readHealthcheck(health: InspectedHealth): Values {
  return {
    tests: health.Test ?? [],
    interval: duration(health.Interval ?? 0),
    timeout: duration(health.Timeout ?? 0),
    startPeriod: duration(health.StartPeriod ?? 0),
    startInterval: duration(health.StartInterval ?? 0),
    retries: health.Retries ?? 0,
  };
}

function readMount({ Type, Target, Source = '', ReadOnly, BindOptions, TmpfsOptions }: InspectedMount): Values {
  return {
    type: Type,
    target: Target,
    source: Source,
    readOnly: ReadOnly ?? null,
    bindOptions: BindOptions ? { propagation: BindOptions.Propagation ?? '' } : null,
    tmpfsOptions: TmpfsOptions ? { sizeBytes: TmpfsOptions.SizeBytes ?? 0, mode: TmpfsOptions.Mode ?? 0 } : null,
  };
}

function networkDatas(networks: Inspected['NetworkSettings']['Networks']): Value {
  return Object.entries(networks)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([networkName, data]) => ({
      networkName,
      ipAddress: data.IPAddress,
      ipPrefixLength: data.IPPrefixLen,
      gateway: data.Gateway,
      globalIpv6Address: data.GlobalIPv6Address,
      globalIpv6PrefixLength: data.GlobalIPv6PrefixLen,
      ipv6Gateway: data.IPv6Gateway,
      macAddress: data.MacAddress,
    }));
}

function publishedPorts(ports: Inspected['NetworkSettings']['Ports']): Value {
  return Object.entries(ports)
    .map(([key, bindings]) => ({ internal: Number(key.split('/')[0]), protocol: key.split('/')[1] ?? 'tcp', bindings }))
    .sort((a, b) => a.internal - b.internal)
    .flatMap(({ internal, protocol, bindings }) =>
      (bindings ?? []).map(({ HostIp, HostPort }) => ({ internal, external: Number(HostPort), ip: HostIp, protocol })),
    );
}

function filled(value: Value | undefined): value is readonly string[] {
  return Array.isArray(value) && value.length > 0;
}

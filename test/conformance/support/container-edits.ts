import type { Effect } from './effects.ts';
import type { Described } from './described.ts';
import { ref } from './described.ts';

/** An edit of one input, and what becomes of it. */
export interface Edit {
  /** Default: Container. */
  readonly type?: Described['type'];
  /** The input, and what is edited of it. */
  readonly title: string;
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
  readonly effect: Effect;
  readonly options?: { deleteBeforeReplace?: boolean; replaceOnChanges?: string[] };
  /** What the engine's "inspect" has after the edit: path and value. */
  readonly real?: readonly (readonly [path: string, value: unknown])[];
}

const REPLACED = 'replace, old one first';
const MIB = 2 ** 20;

const tmpfs = (sizeBytes: number) => ({ type: 'tmpfs', target: '/x', tmpfsOptions: { sizeBytes, mode: 0o1777 } });
const volume = (target: string, readOnly = false) => ({
  type: 'volume',
  target,
  source: ref('volume', 'name'),
  readOnly,
});
const bind = (source: string) => ({ type: 'bind', target: '/b', source, readOnly: false });
const network = (aliases: string[]) => ({ name: ref('network', 'name'), aliases });

/** A row an input; `prefix` starts names that have to be given. */
export function containerEdits(prefix: string): readonly Edit[] {
  return [
    {
      title: 'name',
      before: { name: `${prefix}-a` },
      after: { name: `${prefix}-b` },
      effect: REPLACED,
      real: [['Name', `/${prefix}-b`]],
    },
    { title: 'name left out again', before: { name: `${prefix}-c` }, after: {}, effect: 'same' },
    { title: 'command', before: {}, after: { command: ['sleep', '700'] }, effect: REPLACED, real: [['Args', ['700']]] },
    { title: 'command left out again', before: {}, after: { command: undefined }, effect: 'same' },
    {
      title: 'entrypoints',
      before: { entrypoints: ['/bin/sh', '-c'] },
      after: { entrypoints: ['/bin/sh'] },
      effect: REPLACED,
      real: [['Config.Entrypoint', ['/bin/sh']]],
    },
    { title: 'envs', before: { envs: ['A=1', 'B=2'] }, after: { envs: ['A=1', 'B=3'] }, effect: REPLACED },
    {
      title: 'envs in another order',
      before: { envs: ['A=1', 'B=2'] },
      after: { envs: ['B=2', 'A=1'] },
      effect: 'same',
    },
    { title: 'envs left out again', before: { envs: ['A=1'] }, after: {}, effect: 'same' },
    {
      title: 'envs, create-first',
      before: { envs: ['A=1'] },
      after: { envs: ['A=2'] },
      options: { deleteBeforeReplace: false },
      effect: 'replace, new one first',
    },
    { title: 'user', before: { user: '1000' }, after: { user: '1001:1001' }, effect: REPLACED },
    { title: 'user left out again', before: { user: '1000' }, after: {}, effect: 'same' },
    { title: 'workingDir', before: { workingDir: '/tmp' }, after: { workingDir: '/var' }, effect: REPLACED },
    { title: 'workingDir left out again', before: { workingDir: '/tmp' }, after: {}, effect: 'same' },
    { title: 'hostname', before: {}, after: { hostname: 'somebody' }, effect: REPLACED },
    {
      title: 'labels',
      before: { labels: [{ label: 'a', value: '1' }] },
      after: { labels: [{ label: 'a', value: '2' }] },
      effect: REPLACED,
      real: [['Config.Labels', { a: '2' }]],
    },
    {
      title: 'labels in another order',
      before: {
        labels: [
          { label: 'b', value: '1' },
          { label: 'a', value: '1' },
        ],
      },
      after: {
        labels: [
          { label: 'a', value: '1' },
          { label: 'b', value: '1' },
        ],
      },
      effect: 'same',
    },
    {
      title: 'networksAdvanced: another alias',
      before: { networksAdvanced: [network(['one'])] },
      after: { networksAdvanced: [network(['two'])] },
      effect: REPLACED,
    },
    {
      title: 'networksAdvanced: aliases in another order',
      before: { networksAdvanced: [network(['one', 'two'])] },
      after: { networksAdvanced: [network(['two', 'one'])] },
      effect: 'same',
    },
    { title: 'networksAdvanced: added', before: {}, after: { networksAdvanced: [network([])] }, effect: REPLACED },
    {
      title: 'ports',
      before: { ports: [{ internal: 80, ip: '127.0.0.1' }] },
      after: { ports: [{ internal: 81, ip: '127.0.0.1' }] },
      effect: REPLACED,
      real: [['HostConfig.PortBindings', { '81/tcp': [{ HostIp: '127.0.0.1', HostPort: '0' }] }]],
    },
    {
      title: 'ports: protocol',
      before: { ports: [{ internal: 80 }] },
      after: { ports: [{ internal: 80, protocol: 'udp' }] },
      effect: REPLACED,
      real: [['HostConfig.PortBindings', { '80/udp': [{ HostIp: '0.0.0.0', HostPort: '0' }] }]],
    },
    {
      title: 'hosts',
      before: { hosts: [{ host: 'db', ip: '10.1.1.1' }] },
      after: { hosts: [{ host: 'db', ip: '10.1.1.2' }] },
      effect: REPLACED,
      real: [['HostConfig.ExtraHosts', ['db:10.1.1.2']]],
    },
    {
      title: 'dns',
      before: { dns: ['10.1.1.1'] },
      after: { dns: ['10.1.1.2'] },
      effect: REPLACED,
      real: [['HostConfig.Dns', ['10.1.1.2']]],
    },
    {
      title: 'volumes',
      before: { volumes: [{ volumeName: ref('volume', 'name'), containerPath: '/data' }] },
      after: { volumes: [{ volumeName: ref('volume', 'name'), containerPath: '/data', readOnly: true }] },
      effect: REPLACED,
      real: [['Mounts.0.RW', false]],
    },
    {
      title: 'mounts: target of a volume',
      before: { mounts: [volume('/a')] },
      after: { mounts: [volume('/b')] },
      effect: 'update',
      real: [['HostConfig.Mounts.0.Target', '/a']],
    },
    {
      title: 'mounts: target of a volume, replaceOnChanges',
      before: { mounts: [volume('/a')] },
      after: { mounts: [volume('/b')] },
      options: { replaceOnChanges: ['mounts'] },
      effect: 'replace, new one first',
      real: [['HostConfig.Mounts.0.Target', '/b']],
    },
    {
      title: 'mounts: one more',
      before: { mounts: [volume('/a')] },
      after: { mounts: [volume('/a'), volume('/b', true)] },
      effect: REPLACED,
    },
    {
      title: 'mounts: in another order',
      before: { mounts: [volume('/a'), volume('/b')] },
      after: { mounts: [volume('/b'), volume('/a')] },
      effect: 'same',
    },
    {
      title: 'mounts: source of a bind',
      before: { mounts: [bind('/usr/lib')] },
      after: { mounts: [bind('/usr/bin')] },
      effect: 'update',
      real: [['HostConfig.Mounts.0.Source', '/usr/lib']],
    },
    {
      title: 'mounts: source of a bind, replaceOnChanges',
      before: { mounts: [bind('/usr/lib')] },
      after: { mounts: [bind('/usr/bin')] },
      options: { replaceOnChanges: ['mounts'] },
      effect: 'replace, new one first',
      real: [
        ['HostConfig.Mounts.0.Source', '/usr/bin'],
        ['Mounts.0.RW', true],
      ],
    },
    {
      title: 'mounts: a bind and a tmpfs in another order',
      before: { mounts: [bind('/usr/lib'), tmpfs(MIB)] },
      after: { mounts: [tmpfs(MIB), bind('/usr/lib')] },
      effect: 'same',
    },
    {
      title: 'mounts: size of a tmpfs',
      before: { mounts: [tmpfs(MIB)] },
      after: { mounts: [tmpfs(2 * MIB)] },
      effect: REPLACED,
    },
    {
      title: 'tmpfs',
      before: { tmpfs: { '/t': 'size=1m' } },
      after: { tmpfs: { '/t': 'size=2m' } },
      effect: 'update',
      real: [['HostConfig.Tmpfs', { '/t': 'size=1m' }]],
    },
    {
      title: 'readOnly',
      before: { readOnly: false },
      after: { readOnly: true },
      effect: REPLACED,
      real: [['HostConfig.ReadonlyRootfs', true]],
    },
    {
      title: 'init',
      before: { init: false },
      after: { init: true },
      effect: 'update',
      real: [['HostConfig.Init', false]],
    },
    {
      title: 'init, replaceOnChanges',
      before: { init: false },
      after: { init: true },
      options: { replaceOnChanges: ['init'] },
      effect: 'replace, new one first',
      real: [['HostConfig.Init', true]],
    },
    {
      title: 'capabilities',
      before: { capabilities: { drops: ['ALL'], adds: ['CAP_CHOWN'] } },
      after: { capabilities: { drops: ['ALL'], adds: ['CAP_CHOWN', 'CAP_KILL'] } },
      effect: REPLACED,
      real: [['HostConfig.CapDrop', ['ALL']]],
    },
    {
      title: 'securityOpts',
      before: { securityOpts: ['no-new-privileges:true'] },
      after: { securityOpts: ['no-new-privileges:false'] },
      effect: REPLACED,
      real: [['HostConfig.SecurityOpt', ['no-new-privileges:false']]],
    },
    {
      title: 'ulimits',
      before: { ulimits: [{ name: 'nofile', soft: 1024, hard: 2048 }] },
      after: { ulimits: [{ name: 'nofile', soft: 1024, hard: 4096 }] },
      effect: REPLACED,
      real: [['HostConfig.Ulimits.0.Hard', 4096]],
    },
    {
      title: 'shmSize',
      before: {},
      after: { shmSize: 128 },
      effect: REPLACED,
      real: [['HostConfig.ShmSize', 128 * MIB]],
    },
    {
      title: 'healthcheck (since 5.2.0)',
      before: { healthcheck: { tests: ['CMD', 'true'], interval: '10s', retries: 2 } },
      after: {
        healthcheck: {
          tests: ['CMD', 'true'],
          interval: '1m0s',
          retries: 2,
          startPeriod: '2s',
          startInterval: '500ms',
        },
      },
      effect: REPLACED,
      real: [
        ['Config.Healthcheck.Interval', 60e9],
        ['Config.Healthcheck.StartInterval', 5e8],
      ],
    },
    {
      title: 'restart',
      before: {},
      after: { restart: 'unless-stopped' },
      effect: 'update',
      real: [['HostConfig.RestartPolicy.Name', 'unless-stopped']],
    },
    {
      title: 'maxRetryCount',
      before: { restart: 'on-failure', maxRetryCount: 2 },
      after: { restart: 'on-failure', maxRetryCount: 3 },
      effect: 'update',
      real: [['HostConfig.RestartPolicy.MaximumRetryCount', 3]],
    },
    {
      title: 'memory and memorySwap',
      before: { memory: 64, memorySwap: 64 },
      after: { memory: 96, memorySwap: 96 },
      effect: 'update',
      real: [
        ['HostConfig.Memory', 96 * MIB],
        ['HostConfig.MemorySwap', 96 * MIB],
      ],
    },
    {
      title: 'memorySwap, more than memory',
      before: { memory: 64, memorySwap: 64 },
      after: { memory: 64, memorySwap: 96 },
      effect: 'update',
      real: [
        ['HostConfig.Memory', 64 * MIB],
        ['HostConfig.MemorySwap', 96 * MIB],
      ],
    },
    {
      title: 'capabilities taken away',
      before: { capabilities: { adds: [], drops: ['ALL'] } },
      after: {},
      effect: REPLACED,
    },
    {
      title: 'memoryReservation',
      before: { memoryReservation: 32 },
      after: { memoryReservation: 48 },
      effect: 'update',
      real: [['HostConfig.MemoryReservation', 48 * MIB]],
    },
    {
      title: 'cpuShares',
      before: { cpuShares: 512 },
      after: { cpuShares: 1024 },
      effect: 'update',
      real: [['HostConfig.CpuShares', 1024]],
    },
    {
      title: 'cpus',
      before: { cpus: '0.5' },
      after: { cpus: '1.0' },
      effect: REPLACED,
      real: [['HostConfig.NanoCpus', 1e9]],
    },
    {
      title: 'logDriver',
      before: { logDriver: 'json-file' },
      after: { logDriver: 'local' },
      effect: REPLACED,
      real: [['HostConfig.LogConfig.Type', 'local']],
    },
    {
      title: 'logOpts',
      before: { logOpts: { 'max-size': '1m' } },
      after: { logOpts: { 'max-size': '2m' } },
      effect: REPLACED,
      real: [['HostConfig.LogConfig.Config', { 'max-size': '2m' }]],
    },
    {
      title: 'stopSignal',
      before: { stopSignal: 'SIGTERM' },
      after: { stopSignal: 'SIGINT' },
      effect: REPLACED,
      real: [['Config.StopSignal', 'SIGINT']],
    },
    {
      title: 'stopTimeout',
      before: { stopTimeout: 5 },
      after: { stopTimeout: 6 },
      effect: REPLACED,
      real: [['Config.StopTimeout', 6]],
    },
    { title: 'destroyGraceSeconds', before: {}, after: { destroyGraceSeconds: 2 }, effect: 'update' },
    { title: 'removeVolumes', before: {}, after: { removeVolumes: false }, effect: 'update' },
    { title: 'waitTimeout', before: {}, after: { waitTimeout: 30 }, effect: 'update' },
    { title: 'wait', before: {}, after: { wait: true }, effect: 'update' },
    { title: 'start', before: {}, after: { start: true }, effect: 'update', real: [['State.Running', false]] },
    {
      title: 'mustRun and start',
      before: {},
      after: { mustRun: true, start: true },
      effect: 'update',
      real: [['State.Running', true]],
    },
    {
      title: 'mounts: target of a volume, replaceOnChanges and deleteBeforeReplace',
      before: { mounts: [volume('/a')] },
      after: { mounts: [volume('/b')] },
      options: { replaceOnChanges: ['mounts'], deleteBeforeReplace: true },
      effect: REPLACED,
    },
    { title: 'nothing', before: {}, after: {}, effect: 'same' },
  ];
}

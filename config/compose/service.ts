import { resolve } from 'node:path';
import { formatBytes } from '../schema/bytes.ts';
import { formatDuration } from '../schema/duration.ts';
import { byCodeUnit } from '../plan/sort.ts';
import type { PlannedPort, PlannedService, Resources } from '../plan/types.ts';
import { environmentFile } from './environment-file.ts';
import { deliveredFiles, deliveryFolders, type DeliveredFile } from './files.ts';
import { composeAttachments, type ComposeAttachments } from './networks.ts';

/*
 * A service of a plan as Compose writes it, to the same effect as components/engines/docker-host/container-args.ts.
 */

/** A folder to build from, or that and how. */
export type ComposeBuild =
  | string
  | {
      readonly context: string;
      readonly dockerfile?: string;
      readonly target?: string;
      readonly args?: Readonly<Record<string, string>>;
    };

/** What a container mounts, in the long form: the short one makes folders where a file is missing. */
export type ComposeMount =
  | { readonly type: 'volume'; readonly source: string; readonly target: string; readonly read_only?: true }
  | {
      readonly type: 'bind';
      readonly source: string;
      readonly target: string;
      readonly read_only?: true;
      readonly bind: { readonly create_host_path: false };
    };

interface ComposeAmounts {
  readonly cpus?: string;
  readonly memory?: string;
  readonly pids?: number;
}

/** One service, its keys in the order in which they are written. */
export interface ComposeService {
  readonly image: string;
  readonly pull_policy?: 'never';
  readonly build?: ComposeBuild;
  readonly profiles?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly user?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly env_file?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?:
    | { readonly disable: true }
    | {
        readonly test: readonly string[];
        readonly interval: string;
        readonly timeout: string;
        readonly retries: number;
        readonly start_period: string;
        readonly start_interval: string;
      };
  readonly ports?: readonly string[];
  readonly networks: ComposeAttachments;
  readonly volumes?: readonly ComposeMount[];
  readonly tmpfs?: readonly string[];
  readonly read_only?: true;
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly shm_size?: string;
  readonly pids_limit?: number;
  readonly ulimits?: Readonly<Record<string, number>>;
  readonly memswap_limit?: string;
  readonly cpu_shares?: number;
  readonly deploy?: {
    readonly replicas?: number;
    readonly resources?: { readonly limits?: ComposeAmounts; readonly reservations?: ComposeAmounts };
  };
  readonly restart: string;
  readonly stop_grace_period: string;
  readonly logging: { readonly driver: string; readonly options?: Readonly<Record<string, string>> };
}

/** What a service needs to know of the rest of the plan. */
export interface ServiceContext {
  readonly image: string;
  readonly build?: ComposeBuild;
  /** The absolute folder that relative binds start from. */
  readonly project: string;
  /** True for a job that runs only when it is asked for. */
  readonly isOnDemand: boolean;
  /** Whether a service has a health check that others can wait for. */
  readonly isChecked: (service: string) => boolean;
}

/** The profile of jobs that run only when they are asked for. */
export const ON_DEMAND = 'jobs';

const MEBIBYTE = 2 ** 20;

/** One service of a plan in Compose's words. What the plan leaves open, Compose and the image decide. */
export function toComposeService(service: PlannedService, context: ServiceContext): ComposeService {
  const files = deliveredFiles(service);
  const { shmSize, limits, reservations } = service;
  const variables = environmentFile(service);
  // Where there are other limits Compose wants that of processes beside them: as pids_limit it would be another one.
  const isLimited = Object.keys(limits).length > 0;
  return {
    image: context.image,
    // Built or there already: nobody's image of the same name is fetched from a registry.
    ...(context.build !== undefined && { pull_policy: 'never' as const, build: context.build }),
    ...(context.isOnDemand && { profiles: [ON_DEMAND] }),
    ...filled('entrypoint', service.entrypoint),
    ...filled('command', service.command),
    ...(service.user !== undefined && { user: service.user }),
    ...filled('environment', service.environment),
    ...(variables !== undefined && { env_file: [`./${variables}`] }),
    ...filled('depends_on', conditions(service, context)),
    ...healthcheck(service),
    ...filled('ports', service.ports.flatMap(publishedPort)),
    networks: composeAttachments(service.name, service.networks),
    ...filled('volumes', mounts(service, files, context)),
    ...filled('tmpfs', memoryFolders(service, files)),
    ...(service.readOnly && { read_only: true as const }),
    ...filled('cap_add', service.capAdd),
    ...filled('cap_drop', service.capDrop),
    ...(service.noNewPrivileges && { security_opt: ['no-new-privileges:true'] }),
    ...(shmSize !== undefined && { shm_size: wholeMebibytes(shmSize) }),
    ...(!isLimited && { pids_limit: service.pidsLimit }),
    ...(Object.keys(service.ulimits).length > 0 && { ulimits: service.ulimits }),
    // A limit of memory and swap together, as the stack has it: Docker's own would allow as much swap again.
    ...(limits.memory !== undefined && { memswap_limit: wholeMebibytes(limits.memory + (service.swap ?? 0)) }),
    // On a single host a reservation of CPUs does nothing; a share of 1024 a CPU counts when they are short.
    ...(reservations.cpus !== undefined && { cpu_shares: Math.round(reservations.cpus * 1024) }),
    ...filled('deploy', {
      ...(service.replicas !== 1 && { replicas: service.replicas }),
      ...filled('resources', {
        ...filled('limits', isLimited ? { ...amounts(limits), pids: service.pidsLimit } : {}),
        ...filled('reservations', amounts(reservations)),
      }),
    }),
    restart: service.restart,
    stop_grace_period: formatDuration(Math.ceil(service.rollout.stopGraceMs / 1000) * 1000),
    logging: composeLogging(service.logging),
  };
}

/** A volume's path on the host is known to nobody but the engine: what would be collected stays in its bounded files. */
function composeLogging({ driver, options, socket }: PlannedService['logging']): ComposeService['logging'] {
  if (!socket) return { driver, ...filled('options', options) };
  const { 'cache-max-file': files = '3', 'cache-max-size': size = '10m' } = options;
  return { driver: 'json-file', options: { 'max-file': files, 'max-size': size } };
}

/** A key with its value, or nothing where there is nothing in it. */
function filled<Key extends string, Value extends object>(key: Key, value: Value): Partial<Record<Key, Value>> {
  return Object.keys(value).length === 0 ? {} : ({ [key]: value } as Record<Key, Value>);
}

function conditions(
  { dependsOn }: PlannedService,
  { isChecked }: ServiceContext,
): Record<string, { condition: string }> {
  return Object.fromEntries(
    dependsOn.map(({ service, condition }) => {
      if (condition === 'completed') return [service, { condition: 'service_completed_successfully' }];
      // Compose fails over a service that has no check, where the gate of a stack is content with one that runs.
      return [service, { condition: isChecked(service) ? 'service_healthy' : 'service_started' }];
    }),
  );
}

function healthcheck({ kind, healthcheck: planned }: PlannedService): Pick<ComposeService, 'healthcheck'> {
  // What an image checks of a service says nothing about a job.
  if (kind === 'job') return { healthcheck: { disable: true } };
  if (!planned) return {};
  const { test, interval, timeout, retries, startPeriod, startInterval } = planned;
  return {
    healthcheck: { test, interval, timeout, retries, start_period: startPeriod, start_interval: startInterval },
  };
}

function publishedPort({ container, published, address = '127.0.0.1', protocol }: PlannedPort): string[] {
  if (published === undefined) return [];
  const host = address.includes(':') ? `[${address}]` : address;
  // Without a number Compose has the engine choose one.
  return [`${host}:${published === 'free' ? '' : published}:${container}${protocol === 'tcp' ? '' : `/${protocol}`}`];
}

function mounts(
  { volumes, binds }: PlannedService,
  files: readonly DeliveredFile[],
  { project }: ServiceContext,
): ComposeMount[] {
  const bind = (source: string, target: string, readOnly: boolean): ComposeMount => ({
    type: 'bind',
    source,
    target,
    ...(readOnly && { read_only: true }),
    bind: { create_host_path: false },
  });
  const delivered = [...files].sort((a, b) => byCodeUnit(a.path, b.path));
  return [
    ...volumes.map(({ volume, path, readOnly }): ComposeMount => ({
      type: 'volume',
      source: volume,
      target: path,
      ...(readOnly && { read_only: true }),
    })),
    ...binds.map(({ source, path, readOnly }) => bind(resolve(project, source), path, readOnly)),
    // File by file: a folder that a later export replaces would be empty in the containers that run.
    ...delivered.map(({ source, path }) => bind(`./${source}`, path, true)),
  ];
}

/** Folders in memory; those that files are delivered to hold nothing but these files, as in a stack. */
function memoryFolders({ tmpfs }: PlannedService, files: readonly DeliveredFile[]): string[] {
  return [
    // As /tmp is everywhere: whoever runs in the container may write, nobody may remove what is another's.
    ...tmpfs.map(({ path, size }) => `${path}:mode=1777${size > 0 ? `,size=${size}` : ''}`),
    ...deliveryFolders(files).map((folder) => `${folder}:mode=0755`),
  ];
}

function amounts({ cpus, memory }: Resources): ComposeAmounts {
  return {
    ...(cpus !== undefined && { cpus: String(cpus) }),
    ...(memory !== undefined && { memory: wholeMebibytes(memory) }),
  };
}

function wholeMebibytes(bytes: number): string {
  return formatBytes(Math.ceil(bytes / MEBIBYTE) * MEBIBYTE);
}

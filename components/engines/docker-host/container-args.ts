import { resolve } from 'node:path';
import { portKey } from '../../../config/plan/ports.ts';
import type { Bind, PlannedPort, PlannedService } from '../../../config/plan/types.ts';

/*
 * From a plan to the inputs of docker.Container: pure, so that tables can test it. Several values are written in the
 * form in which the provider reads them back, because any other shows as a change for ever.
 */

const MEBIBYTE = 2 ** 20;

/** A folder in memory, or one of the host. */
export type MountArgs =
  | { type: 'tmpfs'; target: string; tmpfsOptions: { sizeBytes?: number; mode: number } }
  | { type: 'bind'; target: string; source: string; readOnly: boolean };

/** The inputs of docker.Container that a plan decides by itself; the rest are outputs of other resources. */
export interface PlannedContainerArgs<Chosen> {
  readonly command?: string[];
  readonly entrypoints?: string[];
  readonly user?: string;
  readonly envs: string[];
  readonly ports: { internal: number; external: number | Chosen; ip: string; protocol: string }[];
  readonly mounts: MountArgs[];
  readonly healthcheck?: {
    tests: string[];
    interval: string;
    timeout: string;
    retries: number;
    startPeriod: string;
    startInterval: string;
  };
  readonly restart: string;
  readonly memory?: number;
  readonly memorySwap?: number;
  readonly memoryReservation?: number;
  readonly cpus?: string;
  readonly cpuShares?: number;
  readonly shmSize?: number;
  readonly ulimits?: { name: string; soft: number; hard: number }[];
  readonly readOnly: boolean;
  readonly capabilities?: { adds: string[]; drops: string[] };
  readonly securityOpts: string[];
  readonly logDriver: string;
  readonly logOpts: Record<string, string>;
  readonly stopTimeout: number;
  readonly destroyGraceSeconds: number;
}

/**
 * What the containers of a service are made of. Memory in MiB and grace periods in seconds, as the provider has them.
 * @param project the folder that relative ones start from
 * @param chosen numbers of the ports that are chosen on the host, by their keys in the plan
 */
export function toContainerArgs<Chosen = never>(
  service: PlannedService,
  project: string,
  chosen: ReadonlyMap<string, Chosen> = new Map(),
): PlannedContainerArgs<Chosen> {
  const { limits, reservations } = service;
  const graceSeconds = Math.ceil(service.rollout.stopGraceMs / 1000);
  return {
    ...(service.command.length > 0 && { command: [...service.command] }),
    ...(service.entrypoint.length > 0 && { entrypoints: [...service.entrypoint] }),
    ...(service.user !== undefined && { user: service.user }),
    envs: Object.entries(service.environment)
      .map(([name, value]) => `${name}=${value}`)
      .sort(),
    ports: service.ports.flatMap((port) => publishedPort(port, chosen.get(portKey(service.name, port.name)))),
    mounts: [...service.tmpfs.map(tmpfsMount), ...service.binds.map((bind) => bindMount(bind, project))],
    ...(service.healthcheck && { healthcheck: { ...toHealthcheck(service.healthcheck) } }),
    restart: service.restart,
    // Memory and swap together, or the provider reads back twice the memory.
    ...(limits.memory !== undefined && {
      memory: mebibytes(limits.memory),
      memorySwap: mebibytes(limits.memory + (service.swap ?? 0)),
    }),
    ...(reservations.memory !== undefined && { memoryReservation: mebibytes(reservations.memory) }),
    ...(limits.cpus !== undefined && { cpus: cpusText(limits.cpus) }),
    // A single host reserves no CPU; a share of 1024 a CPU is what it has for "this much when it is short".
    ...(reservations.cpus !== undefined && { cpuShares: Math.round(reservations.cpus * 1024) }),
    ...(service.shmSize !== undefined && { shmSize: mebibytes(service.shmSize) }),
    ...(Object.keys(service.ulimits).length > 0 && {
      ulimits: Object.entries(service.ulimits).map(([name, limit]) => ({ name, soft: limit, hard: limit })),
    }),
    readOnly: service.readOnly,
    ...((service.capAdd.length > 0 || service.capDrop.length > 0) && {
      capabilities: { adds: service.capAdd.map(capability), drops: service.capDrop.map(capability) },
    }),
    // Never left out: to the provider that means to leave a container as it is.
    securityOpts: [`no-new-privileges:${service.noNewPrivileges}`],
    logDriver: service.logging.driver,
    logOpts: { ...service.logging.options },
    stopTimeout: graceSeconds,
    destroyGraceSeconds: graceSeconds,
  };
}

function tmpfsMount({ path, size }: PlannedService['tmpfs'][number]): MountArgs {
  // As /tmp is everywhere: whoever runs in the container may write, nobody may remove what is another's.
  return { type: 'tmpfs', target: path, tmpfsOptions: { mode: 0o1777, ...(size > 0 && { sizeBytes: size }) } };
}

/** A mount, and no entry of `volumes`: for that the engine would make a folder that is not there. */
function bindMount({ source, path, readOnly }: Bind, project: string): MountArgs {
  return { type: 'bind', target: path, source: resolve(project, source), readOnly };
}

function toHealthcheck({ test, ...rest }: NonNullable<PlannedService['healthcheck']>): {
  tests: string[];
} & typeof rest {
  return { tests: [...test], ...rest };
}

function publishedPort<Chosen>(
  { name, container, published, address = '127.0.0.1', protocol }: PlannedPort,
  chosen: Chosen | undefined,
): PlannedContainerArgs<Chosen>['ports'] {
  if (published === undefined) return [];
  const external = published === 'free' ? chosen : published;
  if (external === undefined) throw new Error(`no port has been chosen for "${name}"`);
  return [{ internal: container, external, ip: address, protocol }];
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / MEBIBYTE);
}

/** `"1.0"`, `"0.5"`: what the provider reads back; `"1"` would differ for ever. */
function cpusText(cpus: number): string {
  return Number.isInteger(cpus) ? cpus.toFixed(1) : String(cpus);
}

/** `CAP_NET_ADMIN`, the form that is read back; `ALL` stays. */
function capability(name: string): string {
  return name === 'ALL' || name.startsWith('CAP_') ? name : `CAP_${name}`;
}

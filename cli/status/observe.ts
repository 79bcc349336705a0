import type Docker from 'dockerode';
import { isGone } from '../../engine/answers.ts';
import type { StackContainer } from '../hosts/containers.ts';

/** One run of a health check. Times in ISO 8601, by the engine's clock. */
export interface Probe {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly exitCode: number;
  readonly output: string;
}

/** What a container is doing. Memory in bytes. */
export interface Observed extends StackContainer {
  /** The engine's word: `running`, `exited`, `restarting`, `created`, `paused`, `dead`. */
  readonly state: string;
  /** Absent: it has no health check. */
  readonly health?: 'starting' | 'healthy' | 'unhealthy';
  /** Probes that have failed in a row; absent: it has no health check. */
  readonly failingStreak?: number;
  /** The last probes, oldest first: the engine keeps five, through restarts. Absent: it has no health check. */
  readonly probes?: readonly Probe[];
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  /** ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601; absent: it has not ended yet. */
  readonly finishedAt?: string;
  readonly restarts: number;
  /** The image as it was named when the container was made. */
  readonly imageName: string;
  readonly imageId: string;
  readonly memoryUsed?: number;
  readonly memoryLimit?: number;
  readonly ports: readonly { readonly address: string; readonly published: number; readonly container: number }[];
}

/** Looks at containers side by side; those that vanish meanwhile are left out. */
export async function observe(docker: Docker, containers: readonly StackContainer[]): Promise<Observed[]> {
  const observed = await Promise.all(containers.map((container) => observeOne(docker, container)));
  return observed.filter((container) => container !== undefined);
}

async function observeOne(docker: Docker, container: StackContainer): Promise<Observed | undefined> {
  const handle = docker.getContainer(container.id);
  const [info, memoryUsed] = await Promise.all([
    handle.inspect().catch(goneIsUndefined),
    container.running ? memoryOf(handle) : undefined,
  ]);
  if (info === undefined) return undefined;
  const limit = info.HostConfig.Memory ?? 0;
  const { Health: check, FinishedAt: finishedAt } = info.State;
  const health = check?.Status;
  return {
    ...container,
    state: info.State.Status,
    ...((health === 'starting' || health === 'healthy' || health === 'unhealthy') && { health }),
    ...(check !== undefined && { failingStreak: check.FailingStreak, probes: check.Log.map(probeOf) }),
    exitCode: info.State.ExitCode,
    outOfMemory: info.State.OOMKilled,
    startedAt: info.State.StartedAt,
    ...(!finishedAt.startsWith('0001-') && { finishedAt }),
    restarts: info.RestartCount,
    imageName: info.Config.Image,
    imageId: info.Image,
    ...(memoryUsed !== undefined && { memoryUsed }),
    ...(limit > 0 && { memoryLimit: limit }),
    ports: publishedPorts(info.NetworkSettings.Ports),
  };
}

function probeOf(run: { Start: string; End: string; ExitCode: number; Output: string }): Probe {
  return { startedAt: run.Start, endedAt: run.End, exitCode: run.ExitCode, output: run.Output };
}

function publishedPorts(
  ports: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null | undefined>> | undefined,
): Observed['ports'] {
  return Object.entries(ports ?? {}).flatMap(([inside, bindings]) =>
    (bindings ?? []).map(({ HostIp, HostPort }) => ({
      address: HostIp,
      published: Number(HostPort),
      container: Number.parseInt(inside, 10),
    })),
  );
}

/** Memory in use as `docker stats` counts it: without what is only cached files. */
async function memoryOf(handle: Docker.Container): Promise<number | undefined> {
  try {
    const { memory_stats: memory } = (await handle.stats({ stream: false, 'one-shot': true })) as {
      memory_stats: { usage?: number; stats?: Record<string, number> };
    };
    if (memory.usage === undefined) return undefined;
    const cached = memory.stats?.['inactive_file'] ?? memory.stats?.['total_inactive_file'] ?? 0;
    return Math.max(0, memory.usage - cached);
  } catch {
    return undefined; // It has just stopped: there is nothing to measure.
  }
}

function goneIsUndefined(error: unknown): undefined {
  if (!isGone(error)) throw error;
  return undefined;
}

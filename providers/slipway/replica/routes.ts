import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';
import { listedContainers, renderList } from '../../../config/plan/edges.ts';
import { containerName } from '../../../engine/answers.ts';
import type { Operation } from '../../rpc/index.ts';
import { openVolume, type OpenVolume } from '../files/volume.ts';
import { execute } from '../host/exec.ts';
import { failure, type Host, unlessGone } from '../host/host.ts';
import { runningOf } from './candidates.ts';
import type { ReplicaInputs, RouteInputs } from './schema.ts';

/** How long an edge may take to test a list and to read it, in milliseconds. */
const RELOAD_MS = 30_000;
/** What an edge gets to look up a name that it has not heard before, in milliseconds: the engine's own DNS takes a few. */
const LOOKUP_MS = 300;

/** Containers that are on their way out, by id: no list names them again. */
const leaving = new Set<string>();
/** The end of the last change of each list: replicas of a service come and go side by side. */
const turns = new Map<string, Promise<unknown>>();

/**
 * Has every edge in front of a replica's service send requests to the replicas that are let in, `without` one that is
 * about to go. A list that would be the same is left alone, and one that would be empty too: an edge that points at
 * nobody serves nobody better. Whoever could only answer once its name is looked up gets the ones before it for company
 * until then.
 * @throws if an edge refuses the list; what it had is put back
 */
export async function point(host: Host, operation: Operation, replica: ReplicaInputs, without?: string): Promise<void> {
  const { routes = [] } = replica;
  if (routes.length === 0) return;
  const container = await unlessGone(host.docker.getContainer(replica.container).inspect());
  if (!container) return;
  if (without !== undefined) leaving.add(without);
  try {
    for (const route of routes) {
      await inTurn(`${host.address} ${route.volume} ${route.file}`, async () => {
        const running = await answering(host, container, Object.keys(replica.networks));
        const target = running.filter(({ Id }) => !leaving.has(Id)).map(containerName);
        const company = running.map(containerName);
        if (target.length > 0) await write(host, operation, { route, container, target, company });
      });
    }
  } catch (error) {
    if (without !== undefined) leaving.delete(without);
    throw error;
  }
}

/**
 * Waits until no edge goes by an earlier list any more, or the drain time is over. False: there is no edge that runs, or
 * one that can't tell.
 */
export async function drained(host: Host, operation: Operation, replica: ReplicaInputs): Promise<boolean> {
  const seconds = Math.ceil(replica.drainMs / 1000);
  const told = await Promise.all(
    (replica.routes ?? []).flatMap(({ volume, drained: command }) =>
      command ? [asked(host, operation, volume, [...command, String(seconds)], replica.drainMs)] : [],
    ),
  );
  const edges = told.flat();
  return edges.length > 0 && edges.every(Boolean);
}

/** Has the edges that run with a volume tell when they are done; whether each could. */
async function asked(
  host: Host,
  operation: Operation,
  volume: string,
  command: readonly string[],
  limitMs: number,
): Promise<boolean[]> {
  return Promise.all(
    (await edgesWith(host, volume)).map((edge) =>
      execute(host, edge.Id, {
        // It keeps to the limit by itself.
        ...{ command, env: {}, input: '', timeoutMs: limitMs + 2000, signal: operation.signal },
      }).then(
        ({ exitCode }) => exitCode === 0,
        () => false,
      ),
    ),
  );
}

interface Change {
  readonly route: RouteInputs;
  /** The replica for whose sake it is. */
  readonly container: ContainerInspectInfo;
  /** Names of the containers that the list is to name. */
  readonly target: readonly string[];
  /** Those, and the ones that are about to go. */
  readonly company: readonly string[];
}

async function write(host: Host, operation: Operation, { route, container, target, company }: Change): Promise<void> {
  const volume = await openVolume(host, route.volume, { image: container.Image, labels: container.Config.Labels });
  try {
    const known = (await knownOf(volume, route)) ?? (await volume.read(route.file)) ?? '';
    const listed = listedContainers(route.list, known).filter((name) => company.includes(name));
    const edges = await edgesWith(host, route.volume);
    const change = { host, operation, route, volume, edges: edges.map(({ Id }) => Id) };
    const isNew = !target.some((name) => listed.includes(name));
    if (isNew && listed.length > 0 && edges.length > 0) {
      await put(change, renderList(route.list, [...target, ...listed].sort()));
      await delay(LOOKUP_MS);
    }
    await put(change, renderList(route.list, target));
  } finally {
    await volume.close();
  }
}

interface Put {
  readonly host: Host;
  readonly operation: Operation;
  readonly route: RouteInputs;
  readonly volume: OpenVolume;
  /** Ids of the containers that read the list. */
  readonly edges: readonly string[];
}

/**
 * Puts a list in the place of another and has it read; back again, if an edge refuses it. What was written and, for whatever
 * reason, not read yet is read now: an edge that still asks others would be left with none of them.
 */
async function put({ host, operation, route, volume, edges }: Put, list: string): Promise<void> {
  const [before, known] = [await volume.read(route.file), await knownOf(volume, route)];
  if (list === before && list === known) return;
  if (list !== before) await volume.write(route.file, list);
  try {
    await readBy(edges, (edge) => reload(host, operation, edge, route));
  } catch (error) {
    if (before !== undefined && before !== list) {
      await volume.write(route.file, before);
      // Of several edges one may have read the list already.
      await Promise.allSettled(edges.map((edge) => reload(host, operation, edge, route)));
    }
    throw error;
  }
  await volume.write(knownFile(route), list);
}

/** The list that all edges have read; undefined: nobody can tell, as after a first one that was only written. */
async function knownOf(volume: OpenVolume, route: RouteInputs): Promise<string | undefined> {
  return volume.read(knownFile(route));
}

/** Where it is noted beside the list which one has been read. No edge takes a hidden file for a list. */
function knownFile({ file }: RouteInputs): string {
  return `.${file}.read`;
}

/** What became of a list at one edge. */
interface Reading {
  /** Present: it has not taken the list. */
  readonly refusal?: Error;
  /** False: nobody relies on it, as it is not healthy: one that is to come, or was left behind. */
  readonly counts: boolean;
}

/** Has edges read a list. @throws if one that counts has not taken it, or none has */
async function readBy(edges: readonly string[], read: (edge: string) => Promise<Reading>): Promise<void> {
  const readings = await Promise.all(edges.map(read));
  const refusals = readings.filter(({ refusal }) => refusal);
  const worst = refusals.find(({ counts }) => counts) ?? (refusals.length === edges.length ? refusals[0] : undefined);
  if (worst?.refusal) throw worst.refusal;
}

async function reload(host: Host, operation: Operation, edge: string, route: RouteInputs): Promise<Reading> {
  const found = await unlessGone(host.docker.getContainer(edge).inspect());
  // Whoever stops or starts just now reads the list when it starts.
  if (!found?.State.Running) return { counts: false };
  const counts = !found.State.Health || ['healthy', 'none'].includes(found.State.Health.Status);
  const what = `${found.Name.slice(1)} does not take the list ${route.file}, and goes on with the one before`;
  const ended = await execute(host, edge, {
    ...{ command: route.reload, env: {}, input: '', timeoutMs: RELOAD_MS, signal: operation.signal },
  }).catch((error: unknown) => failure(host, what, error));
  if (ended instanceof Error) return { counts, refusal: ended };
  if (ended.exitCode === 0) return { counts };
  return { counts, refusal: failure(host, what, (ended.stderr || ended.stdout).trim()) };
}

/** The containers of a replica's service that are let in, sorted by name. */
async function answering(
  host: Host,
  container: ContainerInspectInfo,
  networks: readonly string[],
): Promise<Docker.ContainerInfo[]> {
  return (await runningOf(host, container))
    .filter(({ NetworkSettings }) => {
      const joined = Object.keys(NetworkSettings.Networks);
      return networks.every((network) => joined.includes(network));
    })
    .sort((a, b) => containerName(a).localeCompare(containerName(b)));
}

async function edgesWith(host: Host, volume: string): Promise<{ Id: string }[]> {
  return host.docker.listContainers({ filters: { volume: [volume], status: ['running'] } });
}

async function inTurn(key: string, work: () => Promise<void>): Promise<void> {
  const mine = (turns.get(key) ?? Promise.resolve()).then(work);
  const settled = mine.catch(() => undefined); // Whoever comes next does not fail with it.
  turns.set(key, settled);
  await mine;
}

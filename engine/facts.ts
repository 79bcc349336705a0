import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type Docker from 'dockerode';
import { isLocalAddress } from '../config/plan/address.ts';
import type { HostFacts, HostSize, Plan } from '../config/plan/types.ts';
import { containerName } from './answers.ts';
import { sourceFacts } from './build-context/facts.ts';
import { LABELS } from './labels.ts';
import { holder } from './listening.ts';
import { reachExternals } from './reach/reach.ts';

/** How long a registry may take to say whether it has an image, in milliseconds. */
const REGISTRY_TIMEOUT_MS = 15_000;

/** An engine that does not answer: which one, why, and what to do. */
export class EngineUnreachableError extends Error {
  override name = 'EngineUnreachableError';

  constructor(host: string, cause: unknown) {
    super(
      `the Docker engine at ${host} does not answer (${cause instanceof Error ? cause.message : String(cause)}): ` +
        'start it, or name another with DOCKER_HOST or `pulumi config set slipway:host`',
      { cause },
    );
  }
}

/** What the facts are gathered for. */
export interface FactsRequest {
  readonly docker: Docker;
  /** Address of the engine, for messages and to know whether its ports are this machine's. */
  readonly host: string;
  readonly plan: Plan;
  /** The project's folder, which images are built from folders of. */
  readonly project: string;
  /** The stack's own id, where it is known: tells it from another checkout's stack of the same name. */
  readonly instance?: string | undefined;
  /** Secrets that somebody has set, by name, in clear: with them what somebody else runs is tried; absent: it is not. */
  readonly values?: ReadonlyMap<string, string> | undefined;
}

/**
 * Asks a Docker host what the rules must know of it. Changes nothing; what somebody else runs is tried from a container that
 * is gone afterwards.
 * @throws EngineUnreachableError
 */
export async function gatherFacts(request: FactsRequest): Promise<HostFacts> {
  const { docker, host, plan, project } = request;
  const size = await sizeOf(docker).catch((cause: unknown) => {
    throw new EngineUnreachableError(host, cause);
  });
  const { externals = [] } = plan;
  const [containers, networks, missingImages, sources, dataOf, unreached] = await Promise.all([
    docker.listContainers({ all: true }),
    docker.listNetworks(),
    missing(request),
    sourceFacts(plan, project),
    externals.length > 0 ? servicesWithData(request) : undefined,
    request.values ? reachExternals(docker, externals, request.values) : undefined,
  ]);
  const own = containers.filter((container) => isOwn(container.Labels, request));
  const published = (list: readonly Docker.ContainerInfo[]): HostFacts['usedPorts'] =>
    list.flatMap((container) =>
      container.Ports.flatMap((port) =>
        port.PublicPort
          ? [{ address: port.IP, port: port.PublicPort, by: `container ${containerName(container)}` }]
          : [],
      ),
    );
  const ownPorts = new Set(published(own).map((entry) => entry.port));
  const foreign = published(containers.filter((container) => !own.includes(container)));
  const known = new Set([...ownPorts, ...foreign.map((entry) => entry.port)]);
  return {
    ...size,
    usedPorts: [...foreign, ...(isLocalAddress(host) ? await boundByOthers(plan, known) : [])],
    usedSubnets: networks
      .filter((network) => !isOwn(network.Labels ?? {}, request))
      .flatMap((network) =>
        (network.IPAM?.Config ?? []).flatMap((config) =>
          config.Subnet ? [{ cidr: config.Subnet, by: `network ${network.Name}` }] : [],
        ),
      ),
    isLocal: isLocalAddress(host),
    missingImages,
    sources,
    replicas: own
      .flatMap(({ Labels: labels }) => {
        const service = labels[LABELS.service];
        const replica = labels[LABELS.replica];
        return service !== undefined && replica !== undefined ? [`${service}-${replica}`] : [];
      })
      .sort(),
    ...(dataOf && { dataOf }),
    ...(unreached && { unreached }),
  };
}

/** Services of the stack that there are data volumes of. */
async function servicesWithData(request: FactsRequest): Promise<string[]> {
  const { Volumes: volumes } = await request.docker.listVolumes({ filters: { label: [`${LABELS.kind}=data`] } });
  const own = volumes.flatMap(({ Labels: labels }) => (isOwn(labels, request) ? (labels[LABELS.service] ?? []) : []));
  return [...new Set(own)].sort();
}

/** How much a Docker host has. @throws if it does not answer */
export async function sizeOf(docker: Docker): Promise<HostSize> {
  const { NCPU: cpus, MemTotal: memory } = (await docker.info()) as { NCPU: number; MemTotal: number };
  return { cpus, memory };
}

function isOwn(labels: Readonly<Record<string, string>>, { plan, instance }: FactsRequest): boolean {
  return (
    labels[LABELS.system] === plan.system &&
    labels[LABELS.stack] === plan.stack &&
    (instance === undefined || labels[LABELS.instance] === instance)
  );
}

/** Planned ports that a process outside the engine listens on: found by trying to bind them. */
async function boundByOthers(plan: Plan, known: ReadonlySet<number>): Promise<HostFacts['usedPorts']> {
  const wanted = plan.services.flatMap((service) =>
    service.ports.flatMap((port) =>
      typeof port.published === 'number' && port.protocol === 'tcp' && !known.has(port.published)
        ? [{ address: port.address ?? '127.0.0.1', port: port.published }]
        : [],
    ),
  );
  const checked = await Promise.all(
    wanted.map(async (port) => ({ ...port, by: await holder(port.address, port.port) })),
  );
  return checked.flatMap(({ by, ...port }) => (by === undefined ? [] : [{ ...port, by }]));
}

/** Images of the plan that can be neither pulled nor built, with the cause; what is built from sources aside. */
async function missing({ docker, plan, project }: FactsRequest): Promise<Record<string, string>> {
  const used = new Set(plan.services.map((service) => service.imageName));
  const causes = await Promise.all(
    plan.images
      .filter((image) => used.has(image.name) && !image.source)
      .map(async ({ reference, build }) => {
        if (reference !== undefined) return [reference, await whyMissing(docker, reference)] as const;
        const dockerfile = join(build?.context ?? '', build?.dockerfile ?? '');
        const isThere = existsSync(resolve(project, dockerfile));
        return [build?.context ?? '', isThere ? undefined : `there is no ${dockerfile}`] as const;
      }),
  );
  return Object.fromEntries(causes.flatMap(([source, cause]) => (cause === undefined ? [] : [[source, cause]])));
}

async function whyMissing(docker: Docker, reference: string): Promise<string | undefined> {
  const image = docker.getImage(reference);
  try {
    await image.inspect();
    return undefined;
  } catch {
    // Not on the host: perhaps its registry has it.
  }
  try {
    await image.distribution({ abortSignal: AbortSignal.timeout(REGISTRY_TIMEOUT_MS) });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

import { formatDuration } from '../schema/duration.ts';
import type { Healthcheck as DescribedHealthcheck } from '../schema/healthcheck.ts';
import type { Image } from '../schema/image.ts';
import type { Resources as DescribedResources } from '../schema/resources.ts';
import type { Service } from '../schema/service.ts';
import { plannedRollout, replicaBounds, restartPolicy } from './defaults.ts';
import { departures } from './hardening.ts';
import { plannedEdge, plannedRoutes } from './edges.ts';
import { imageTitle } from './images.ts';
import { attachments, isCalled } from './networks.ts';
import { plannedPorts } from './ports.ts';
import type { Resolution } from './resolution.ts';
import { environmentSecrets, secretFiles, secretVariables } from './secrets.ts';
import { sortedEntries, sortedRecord, sortedSet } from './sort.ts';
import { binds } from './sources.ts';
import type { Dependency, Healthcheck, PlannedLogging, PlannedService, Resources } from './types.ts';

/** The services that run, sorted by name, every open question answered. */
export function plannedServices({ system, active, built }: Resolution): PlannedService[] {
  return sortedEntries(active).flatMap(([name, service]) => {
    const image = system.images[service.image];
    return image ? [{ ...plannedService(name, service, image, active), binds: binds(built[name]) }] : [];
  });
}

function plannedService(
  name: string,
  service: Service,
  image: Image,
  active: Readonly<Record<string, Service>>,
): Omit<PlannedService, 'binds'> {
  const owner = userOf(service, image);
  const routes = plannedRoutes(name, active);
  return {
    name,
    description: service.description,
    kind: service.kind,
    ...(service.irreversible === true && { irreversible: true }),
    replicas: service.replicas,
    bounds: replicaBounds(service),
    singleton: service.singleton,
    profiles: sortedSet(service.profiles),
    image: imageTitle(service.image, image),
    imageName: service.image,
    command: service.command,
    entrypoint: service.entrypoint,
    user: `${owner.uid}:${owner.gid}`,
    limits: resources(service.limits),
    reservations: resources(service.reservations),
    ports: plannedPorts(service.ports),
    networks: attachments(name, service, active),
    dependsOn: dependencies(service, active),
    calls: sortedSet(service.calls.filter((other) => Object.hasOwn(active, other))),
    ...(service.healthcheck && { healthcheck: healthcheck(service.healthcheck) }),
    environment: sortedRecord({ ...secretVariables(service), ...service.environment }),
    secrets: secretFiles(service, owner),
    environmentSecrets: environmentSecrets(service),
    volumes: sortedEntries(service.volumes).map(([volume, use]) => ({ volume, ...use })),
    tmpfs: sortedEntries(service.tmpfs).map(([path, { size }]) => ({ path, size: size ?? 0 })),
    files: sortedEntries(service.files).map(([path, file]) => ({ path, ...file, ...owner })),
    ...(service.secretDates !== undefined && { secretDates: { path: service.secretDates, mode: '0444', ...owner } }),
    readOnly: service.readOnly,
    capAdd: sortedSet(service.capAdd),
    capDrop: sortedSet(service.capDrop),
    noNewPrivileges: service.noNewPrivileges,
    restart: restartPolicy(service),
    logging: plannedLogging(service.logging),
    rollout: plannedRollout(service, { isCalled: isCalled(name, active), isRouted: routes.length > 0 }),
    ...(service.shmSize !== undefined && { shmSize: service.shmSize }),
    ...(service.reload !== undefined && { reload: service.reload }),
    ...(service.preflight && {
      preflight: { command: service.preflight.command, timeoutMs: service.preflight.timeout },
    }),
    ...(service.edge && { edge: plannedEdge(service.edge, active) }),
    ...(routes.length > 0 && { routes }),
    pidsLimit: service.pidsLimit,
    ...(service.swap !== undefined && { swap: service.swap }),
    departures: departures(service, owner.uid),
    ulimits: sortedRecord(service.ulimits),
  };
}

/** Who the process of a service is: it reads its files. */
export function userOf(service: Service, image: Image): { uid: number; gid: number } {
  const [uid, gid] = service.user?.split(':').map(Number) ?? [];
  return { uid: uid ?? image.uid, gid: gid ?? image.gid };
}

function plannedLogging({ driver, options, socket }: Service['logging']): PlannedLogging {
  return { driver, options: sortedRecord(options), ...(socket && { socket }) };
}

function resources({ memory, cpus }: DescribedResources): Resources {
  return { ...(memory !== undefined && { memory }), ...(cpus !== undefined && { cpus }) };
}

/** Those that run: one that is not required, and whose profile is off, is not waited for. */
function dependencies(service: Service, active: Readonly<Record<string, Service>>): Dependency[] {
  return sortedEntries(service.dependsOn)
    .filter(([other]) => Object.hasOwn(active, other))
    .map(([other, { condition }]) => ({ service: other, condition }));
}

function healthcheck(described: DescribedHealthcheck): Healthcheck {
  return {
    test: described.test,
    interval: formatDuration(described.interval),
    timeout: formatDuration(described.timeout),
    retries: described.retries,
    startPeriod: formatDuration(described.startPeriod),
    startInterval: formatDuration(described.startInterval),
  };
}

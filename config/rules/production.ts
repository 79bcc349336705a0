import { plannedPorts } from '../plan/ports.ts';
import { issuePath, type Resolution } from '../plan/resolution.ts';
import type { Issue } from '../plan/types.ts';
import { keepsData } from '../plan/volumes.ts';
import { error, warning, type Rule } from './rule.ts';

/** What is nobody's business on a developer's machine and has to be right in production. */
export const checkProduction: Rule = (resolution) =>
  resolution.environment === 'prod'
    ? [
        ...checkStores(resolution),
        ...checkTags(resolution),
        ...checkHealth(resolution),
        ...checkLimits(resolution),
        ...checkPrivilegedPorts(resolution),
      ]
    : [];

/** Nothing that keeps data is published. */
function checkStores({ active, settings, system }: Resolution): Issue[] {
  return Object.entries(active).flatMap(([name, service]) => {
    if (!keepsData(service, system.volumes)) return [];
    return plannedPorts(service.ports)
      .filter(({ published }) => published !== undefined)
      .map((port) =>
        error(
          settings.ports[name] === undefined
            ? issuePath(system.name, ['services', name, 'ports', port.name, 'published'])
            : issuePath('slipway', ['ports', name]),
          `"${name}" keeps data, and its port ${port.container} would be published ${port.published === 'free' ? 'on a free port' : `as ${port.published ?? 0}`} in prod`,
          'false for not published: `slipway run` and `slipway exec` reach it all the same',
        ),
      );
  });
}

/** What runs is known: a tag may mean another image tomorrow, a digest never does. */
function checkTags({ active, settings, system }: Resolution): Issue[] {
  const used = new Set(Object.values(active).map(({ image }) => image));
  return Object.entries(system.images).flatMap(([name, { reference }]) => {
    if (reference === undefined || !used.has(name) || reference.includes('@sha256:')) return [];
    const path = pathOf(name, { active, settings, system });
    const tag = /:([\w.-]+)$/.exec(reference.replace(/^.*\//, ''))?.[1];
    if (tag !== undefined && tag !== 'latest') {
      return [
        warning(path, `${reference} may be another image tomorrow: its tag can be moved`, `${reference}@sha256:…`),
      ];
    }
    const what = tag === undefined ? 'no tag, which means latest' : 'the tag latest';
    return [error(path, `${reference} has ${what}: nobody can say what would run`, 'a version, best with its digest')];
  });
}

/** Where an image was chosen: for one service, for all that share it, or by the system. */
function pathOf(
  image: string,
  { active, settings, system }: Pick<Resolution, 'active' | 'settings' | 'system'>,
): string {
  if (Object.hasOwn(settings.images, image)) return issuePath('slipway', ['images', image]);
  const service = Object.keys(active).find((name) => active[name]?.image === image);
  return service !== undefined && settings.services[service]?.image !== undefined
    ? issuePath('slipway', ['services', service, 'image'])
    : issuePath(system.name, ['images', image, 'reference']);
}

/** Whether something serves is known: one that runs may have stopped to answer long ago. */
function checkHealth({ active, system }: Resolution): Issue[] {
  return Object.entries(active).flatMap(([name, { kind, healthcheck }]) =>
    kind === 'job' || healthcheck
      ? []
      : [
          warning(
            issuePath(system.name, ['services', name, 'healthcheck']),
            `nothing checks the health of "${name}": a release is let in as soon as it keeps running`,
            'a health check',
          ),
        ],
  );
}

/** No container takes the whole host. */
function checkLimits({ active, system }: Resolution): Issue[] {
  return Object.entries(active).flatMap(([name, { limits }]) => {
    const missing = (['memory', 'cpus'] as const).filter((what) => limits[what] === undefined);
    return missing.map((what) =>
      warning(
        issuePath(system.name, ['services', name, 'limits', what]),
        `"${name}" may take all ${what === 'memory' ? 'memory' : 'CPUs'} of the host`,
        `a limit here, or slipway:services.${name}.${what}`,
      ),
    );
  });
}

/** Of the ports below 1024 the web's own are what the world asks. */
const WEB = [80, 443];

function checkPrivilegedPorts({ active, settings, system }: Resolution): Issue[] {
  return Object.entries(active).flatMap(([name, { ports }]) =>
    plannedPorts(ports)
      .filter(({ published }) => typeof published === 'number' && published < 1024 && !WEB.includes(published))
      .map((port) =>
        warning(
          settings.ports[name] === undefined
            ? issuePath(system.name, ['services', name, 'ports', port.name, 'published'])
            : issuePath('slipway', ['ports', name]),
          `port ${port.published ?? 0} is one of those that the host keeps for its own services`,
          'a port from 1024 on, or 80 or 443',
        ),
      ),
  );
}

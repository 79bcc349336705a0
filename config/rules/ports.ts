import { addressesCollide, plannedPorts, publications, type Publication } from '../plan/ports.ts';
import { issuePath, type Resolution } from '../plan/resolution.ts';
import type { Settings } from '../schema/settings.ts';
import { error, type Rule } from './rule.ts';

/** No port of the host is published twice, and no service listens twice on one of its own. */
export const checkPorts: Rule = (resolution) => [...checkPublished(resolution), ...checkContainerPorts(resolution)];

function checkPublished(resolution: Resolution): ReturnType<Rule> {
  const all = publications(
    Object.entries(resolution.active).map(([name, { ports }]) => ({ name, ports: plannedPorts(ports) })),
  );
  return all.flatMap((port, index) => {
    const earlier = all.slice(0, index).find((other) => collide(port, other));
    if (!earlier) return [];
    const [later, first] =
      isSet(resolution.settings, earlier) && !isSet(resolution.settings, port) ? [earlier, port] : [port, earlier];
    return [
      error(
        publicationPath(resolution, later),
        `port ${later.published} on ${later.address} is published twice: for ${first.service} (${first.name}) and ${later.service} (${later.name})`,
        'a port that is free, or false for not published',
      ),
    ];
  });
}

function collide(a: Publication, b: Publication): boolean {
  return a.published === b.published && a.protocol === b.protocol && addressesCollide(a.address, b.address);
}

function isSet(settings: Settings, { service }: Publication): boolean {
  return Object.hasOwn(settings.ports, service);
}

/** Where a publication was written. */
function publicationPath({ settings, system }: Resolution, { service, name }: Publication): string {
  const setting = settings.ports[service];
  if (!setting) return issuePath(system.name, ['services', service, 'ports', name, 'published']);
  if ('only' in setting) return issuePath('slipway', ['ports', service]);
  const container = String(system.services[service]?.ports[name]?.container);
  const key = [name, container].find((candidate) => Object.hasOwn(setting.each, candidate));
  return key === undefined
    ? issuePath(system.name, ['services', service, 'ports', name, 'published'])
    : issuePath('slipway', ['ports', service, key]);
}

function checkContainerPorts({ system }: Resolution): ReturnType<Rule> {
  return Object.entries(system.services).flatMap(([service, { ports }]) =>
    Object.entries(ports).flatMap(([name, port], index, all) => {
      const twin = all
        .slice(0, index)
        .find(([, other]) => other.container === port.container && other.protocol === port.protocol);
      if (!twin) return [];
      return [
        error(
          issuePath(system.name, ['services', service, 'ports', name, 'container']),
          `port ${port.container} is that of "${twin[0]}" already`,
          'a port that the service uses once',
        ),
      ];
    }),
  );
}

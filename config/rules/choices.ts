import { issuePath } from '../plan/resolution.ts';
import { portName } from '../plan/stack-overlay.ts';
import type { Issue } from '../plan/types.ts';
import type { PortSettings, Settings } from '../schema/settings.ts';
import type { SystemInput } from '../schema/system.ts';
import { error } from './rule.ts';
import { unknownName } from './suggest.ts';

type Ports = NonNullable<SystemInput['services'][string]['ports']>;

/**
 * What a stack's configuration names and the system lacks: services, images, ports, parameters. The settings that come back are
 * those that name something.
 */
export function checkChoices(settings: Settings, system: SystemInput): { settings: Settings; issues: Issue[] } {
  const issues: Issue[] = [];
  const known = <T>(
    key: 'services' | 'images' | 'ports' | 'parameters',
    noun: string,
    names: object,
  ): Record<string, T> =>
    Object.fromEntries(
      Object.entries(settings[key] as Record<string, T>).filter(([name]) => {
        if (Object.hasOwn(names, name)) return true;
        issues.push(unknownName(['slipway', key, name], { noun, name, known: Object.keys(names) }));
        return false;
      }),
    );
  const services = known<Settings['services'][string]>('services', 'service', system.services);
  const images = known<Settings['images'][string]>('images', 'image', system.images);
  const parameters = known<string>('parameters', 'parameter', system.parameters ?? {});
  const ports = known<PortSettings>('ports', 'service', system.services);
  for (const [service, setting] of Object.entries(ports)) {
    const found = checkPorts(service, setting, system.services[service]?.ports ?? {});
    issues.push(...found);
    if (found.length > 0) Reflect.deleteProperty(ports, service);
  }
  return { settings: { ...settings, services, images, ports, parameters }, issues };
}

function checkPorts(service: string, setting: PortSettings, ports: Ports): Issue[] {
  const names = Object.keys(ports).sort();
  if ('each' in setting) {
    return Object.keys(setting.each)
      .filter((key) => portName(key, ports) === undefined)
      .map((key) =>
        unknownName(['slipway', 'ports', service, key], { noun: 'port', name: key, known: names, of: service }),
      );
  }
  if (names.length === 1) return [];
  const path = issuePath('slipway', ['ports', service]);
  return names.length === 0
    ? [error(path, `"${service}" listens on no port`)]
    : [error(path, `"${service}" has several ports`, `a map of them: ${names.join(', ')}`)];
}

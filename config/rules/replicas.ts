import { replicaBounds } from '../plan/defaults.ts';
import { origin, type Resolution } from '../plan/resolution.ts';
import type { Issue } from '../plan/types.ts';
import type { Service } from '../schema/service.ts';
import { error, type Rule } from './rule.ts';

/** As many replicas as a service can have: by its nature, by its ports and volumes, by the system's bounds. */
export const checkReplicas: Rule = (resolution) =>
  Object.entries(resolution.active).flatMap(([name, service]) => checkService(resolution, name, service));

function checkService(resolution: Resolution, name: string, service: Service): Issue[] {
  const { system, environment } = resolution;
  const { replicas } = service;
  const { min, max } = replicaBounds(service);
  const path = origin(resolution, name, 'replicas', ['replicas']);
  if (replicas > 1 && service.singleton) {
    return [error(path, `${replicas} replicas of "${name}", which can only be one: two at once would do harm`, '1')];
  }
  const issues: Issue[] = [];
  if (replicas < min || replicas > max) {
    const accepted = min === max ? String(min) : `${min} to ${max}`;
    const limit = replicas < min ? `fewer than the ${min}` : `more than the ${max}`;
    issues.push(
      error(
        path,
        `${replicas} replicas of "${name}" are ${limit} that ${system.name} allows in ${environment}`,
        accepted,
      ),
    );
  }
  return replicas > 1 ? [...issues, ...checkSharing(name, service, path)] : issues;
}

/** What several replicas can't have each. */
function checkSharing(name: string, service: Service, path: string): Issue[] {
  const ports = Object.entries(service.ports).filter(([, port]) => port.published !== undefined);
  const volumes = Object.entries(service.volumes).filter(([, use]) => !use.readOnly);
  return [
    ...ports.map(([port, { published }]) =>
      error(
        path,
        `${service.replicas} replicas of "${name}" can't all be published on ${published === 'free' ? 'one port' : `port ${published ?? ''}`}`,
        `1, or \`slipway:ports: { ${name}: { ${port}: false } }\``,
      ),
    ),
    ...volumes.map(([volume]) =>
      error(path, `${service.replicas} replicas of "${name}" can't all write volume "${volume}"`, '1'),
    ),
  ];
}

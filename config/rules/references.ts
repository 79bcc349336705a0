import { issuePath } from '../plan/resolution.ts';
import type { Issue } from '../plan/types.ts';
import type { Service } from '../schema/service.ts';
import type { System } from '../schema/system.ts';
import type { Task } from '../schema/task.ts';
import { error, type Rule } from './rule.ts';
import { unknownName } from './suggest.ts';

/** Everything that the description of a system names exists: images, services, secrets, volumes, ports. */
export const checkReferences: Rule = ({ system }) => [
  ...Object.entries(system.services).flatMap(([name, service]) => checkService(name, service, system)),
  ...checkSmoke(system),
  ...Object.entries(system.tasks).flatMap(([name, task]) => checkTask(name, task, system)),
];

/** A task runs beside a service that there is; what follows it asks nobody anything, and is followed by nothing. */
function checkTask(name: string, { service, then }: Task, { name: system, services, tasks }: System): Issue[] {
  const path = [system, 'tasks', name] as const;
  return [
    ...(Object.hasOwn(services, service)
      ? []
      : [unknownName([...path, 'service'], { noun: 'service', name: service, known: Object.keys(services) })]),
    ...then.flatMap((other) => {
      const following = tasks[other];
      if (!following) return [unknownName([...path, 'then'], { noun: 'task', name: other, known: Object.keys(tasks) })];
      if (!following.destructive && !following.interactive && following.then.length === 0) return [];
      const problem = `"${other}" destroys data, is typed into or is followed by tasks itself`;
      return [error(issuePath(system, ['tasks', name, 'then']), problem, 'tasks that only do what they do')];
    }),
  ];
}

function checkService(name: string, service: Service, system: System): Issue[] {
  const missing = (noun: string, used: readonly string[], known: object, ...keys: string[]): Issue[] =>
    used
      .filter((other) => !Object.hasOwn(known, other))
      .map((other) =>
        unknownName([system.name, 'services', name, ...keys], { noun, name: other, known: Object.keys(known) }),
      );
  return [
    ...missing('image', [service.image], system.images, 'image'),
    ...missing('service', Object.keys(service.dependsOn), system.services, 'dependsOn'),
    ...missing('service', service.calls, system.services, 'calls'),
    ...missing('volume', Object.keys(service.volumes), system.volumes, 'volumes'),
    ...Object.entries(service.secrets).flatMap(([file, { secret }]) =>
      missing('secret', [secret], system.secrets, 'secrets', file),
    ),
    ...missing('service', Object.keys(service.edge?.upstreams ?? {}), system.services, 'edge', 'upstreams'),
    ...uncalled(name, service, system),
    ...(typeof service.reload === 'object' && service.reload.input !== undefined
      ? missing('secret file', [service.reload.input], service.secrets, 'reload', 'input')
      : []),
  ];
}

/** Callers find each other on networks that come with `calls`. */
function uncalled(name: string, { edge, calls }: Service, system: System): Issue[] {
  return Object.keys(edge?.upstreams ?? {})
    .filter((other) => Object.hasOwn(system.services, other) && !calls.includes(other))
    .map((other) =>
      error(
        issuePath(system.name, ['services', name, 'edge', 'upstreams', other]),
        `"${name}" hands requests on to "${other}" and does not call it`,
        `"${other}" among its calls`,
      ),
    );
}

function checkSmoke({ name, smoke, services }: System): Issue[] {
  if (!smoke) return [];
  const targets = [
    { keys: ['smoke'], service: smoke.service, port: smoke.port },
    ...smoke.urls.map((url) => ({ keys: ['smoke', 'urls', url.label], service: url.service, port: url.port })),
  ];
  return targets.flatMap(({ keys, service, port }) => {
    const target = services[service];
    if (!target)
      return [
        unknownName([name, ...keys, 'service'], { noun: 'service', name: service, known: Object.keys(services) }),
      ];
    if (Object.hasOwn(target.ports, port)) return [];
    return [
      unknownName([name, ...keys, 'port'], { noun: 'port', name: port, known: Object.keys(target.ports), of: service }),
    ];
  });
}

/** A job is waited for until it has completed, a service until it is healthy. */
export const checkConditions: Rule = ({ system }) =>
  Object.entries(system.services).flatMap(([name, service]) =>
    Object.entries(service.dependsOn).flatMap(([other, { condition }]) => {
      const target = system.services[other];
      const fitting = target?.kind === 'job' ? 'completed' : 'healthy';
      if (!target || condition === fitting) return [];
      const path = `${system.name}:services.${name}.dependsOn.${other}`;
      return [error(path, `"${other}" is a ${target.kind} and is never ${condition}`, fitting)];
    }),
  );

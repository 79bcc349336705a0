import type { Secret } from '../schema/secret.ts';
import type { Service } from '../schema/service.ts';
import type { System } from '../schema/system.ts';
import { issuePath } from './resolution.ts';
import type { Issue } from './types.ts';

/** `${name}`: a parameter; parameters begin with a lower-case letter, secrets are written in capitals. */
const PARAMETER = /\$\{([a-z][A-Za-z0-9]*)\}/g;

/** Fills the system's parameters into variables, commands, health checks, files, tasks and templates of secrets. */
export function fillParameters(system: System): { system: System; issues: Issue[] } {
  const issues: Issue[] = [];
  const known = Object.keys(system.parameters).sort();
  const fill = (text: string, path: readonly PropertyKey[]): string =>
    text.replace(PARAMETER, (whole, name: string) => {
      const value = system.parameters[name];
      if (value !== undefined) return value;
      issues.push({
        path: issuePath(system.name, path),
        message: `no parameter "${name}"`,
        accepted: known.length > 0 ? known.join(', ') : 'the system has none',
        severity: 'error',
      });
      return whole;
    });
  const secrets = mapValues(system.secrets, (secret, name) =>
    fillSecret(secret, (text, ...path) => fill(text, ['secrets', name, ...path])),
  );
  const services = mapValues(system.services, (service, name) =>
    fillService(service, (text, ...path) => fill(text, ['services', name, ...path])),
  );
  const tasks = mapValues(system.tasks, (task, name) => ({
    ...task,
    command: task.command.map((text, index) => fill(text, ['tasks', name, 'command', index])),
  }));
  return { system: { ...system, secrets, services, tasks }, issues };
}

function fillSecret(secret: Secret, fill: (text: string, ...path: PropertyKey[]) => string): Secret {
  const { format, rotation } = secret;
  return {
    ...secret,
    ...(format.kind === 'template' && { format: { ...format, template: fill(format.template, 'format') } }),
    ...(rotation && {
      rotation: {
        postgresRole: { ...rotation.postgresRole, role: fill(rotation.postgresRole.role, 'rotation', 'postgresRole') },
      },
    }),
  };
}

function fillService(service: Service, fill: (text: string, ...path: PropertyKey[]) => string): Service {
  const { healthcheck } = service;
  return {
    ...service,
    command: service.command.map((text, index) => fill(text, 'command', index)),
    entrypoint: service.entrypoint.map((text, index) => fill(text, 'entrypoint', index)),
    environment: mapValues(service.environment, (text, name) => fill(text, 'environment', name)),
    files: mapValues(service.files, (file, path) => ({ ...file, content: fill(file.content, 'files', path) })),
    ...(healthcheck && {
      healthcheck: {
        ...healthcheck,
        test: [
          healthcheck.test[0],
          ...healthcheck.test.slice(1).map((text, index) => fill(text, 'healthcheck', 'test', index + 1)),
        ] as typeof healthcheck.test,
      },
    }),
  };
}

function mapValues<T, U>(map: Readonly<Record<string, T>>, change: (value: T, key: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));
}

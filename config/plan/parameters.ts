import type { Secret } from '../schema/secret.ts';
import type { Service } from '../schema/service.ts';
import type { System } from '../schema/system.ts';
import { ADDRESS, addressPart, type AddressPart } from './externals.ts';
import { issuePath } from './resolution.ts';
import type { Issue } from './types.ts';

/** `${name}`: a parameter; parameters begin with a lower-case letter, secrets are written in capitals. */
const PARAMETER = /\$\{([a-z][A-Za-z0-9]*)\}/g;

/** `${memory*0.5}`, `${cpus*4}`: a share of what the service may use, for what is tuned to that. */
const SHARE = /\$\{(memory|cpus)\*(\d+(?:\.\d+)?)\}/g;

/**
 * Fills the system's parameters into variables, commands, health checks, files, tasks, names of certificates, owners of
 * databases and templates of secrets.
 */
export function fillParameters(system: System): { system: System; issues: Issue[] } {
  const issues: Issue[] = [];
  const known = Object.keys(system.parameters).sort();
  const address = (text: string, path: readonly PropertyKey[]): string =>
    text.replace(ADDRESS, (whole, name: string, part: AddressPart) => {
      const service = system.services[name];
      const value = addressPart(name, part, system);
      if (value !== undefined) return value;
      // Of what is external the rules tell what is missing.
      if (service?.external) return whole;
      const names = Object.keys(system.services).sort().join(', ');
      issues.push({
        path: issuePath(system.name, path),
        ...(service ? unknownPart(name, part) : { message: `no service "${name}"`, accepted: names }),
        severity: 'error',
      });
      return whole;
    });
  const fill = (text: string, path: readonly PropertyKey[]): string =>
    address(text, path).replace(PARAMETER, (whole, name: string) => {
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
  const databases = mapValues(system.databases, (database, name) =>
    database.kind === 'postgres'
      ? { ...database, owner: fill(database.owner, ['databases', name, 'owner']) }
      : database,
  );
  const certificates = mapValues(system.certificates, (certificate, name) => ({
    ...certificate,
    names: certificate.names.map((text, index) => fill(text, ['certificates', name, 'names', index])),
  }));
  const services = mapValues(system.services, (service, name) =>
    fillService(service, (text, ...path) => {
      const tuned = fillShares(text, service, (what) => {
        issues.push({
          path: issuePath(system.name, ['services', name, ...path]),
          message: `a share of the ${what} of "${name}", which has no limit`,
          accepted: `a limit: slipway:services.${name}.${what}`,
          severity: 'error',
        });
      });
      return fill(tuned, ['services', name, ...path]);
    }),
  );
  const tasks = mapValues(system.tasks, (task, name) => ({
    ...task,
    command: task.command.map((text, index) => fill(text, ['tasks', name, 'command', index])),
  }));
  const { smoke } = system;
  const filled = smoke?.host === undefined ? {} : { smoke: { ...smoke, host: fill(smoke.host, ['smoke', 'host']) } };
  return { system: { ...system, secrets, databases, certificates, services, tasks, ...filled }, issues };
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

/** What keeps a part of the address of a service from being known. */
function unknownPart(name: string, part: AddressPart): Pick<Issue, 'message' | 'accepted'> {
  return part === 'scheme'
    ? { message: `nothing says how clients of "${name}" log in`, accepted: `\`logins\` of "${name}"` }
    : { message: `"${name}" listens on several ports, or none`, accepted: 'the number of the port' };
}

/** Memory in whole mebibytes, written as PostgreSQL and Redis both read it (`512MB`); CPUs as a whole number, at least 1. */
function fillShares(text: string, { limits }: Service, onMissing: (what: string) => void): string {
  return text.replace(SHARE, (whole, what: 'memory' | 'cpus', factor: string) => {
    const limit = limits[what];
    if (limit === undefined) {
      onMissing(what);
      return whole;
    }
    const share = limit * Number(factor);
    return what === 'memory' ? `${Math.floor(share / 2 ** 20)}MB` : String(Math.max(1, Math.floor(share)));
  });
}

function fillService(service: Service, fill: (text: string, ...path: PropertyKey[]) => string): Service {
  const { healthcheck, preflight } = service;
  return {
    ...service,
    logins: service.logins.map(({ user, database, ...login }, index) => ({
      ...login,
      ...(user !== undefined && { user: fill(user, 'logins', index, 'user') }),
      ...(database !== undefined && { database: fill(database, 'logins', index, 'database') }),
    })),
    command: service.command.map((text, index) => fill(text, 'command', index)),
    entrypoint: service.entrypoint.map((text, index) => fill(text, 'entrypoint', index)),
    environment: mapValues(service.environment, (text, name) => fill(text, 'environment', name)),
    files: mapValues(service.files, (file, path) => ({ ...file, content: fill(file.content, 'files', path) })),
    ...(preflight && {
      preflight: {
        ...preflight,
        command: preflight.command.map((text, index) => fill(text, 'preflight', 'command', index)),
      },
    }),
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

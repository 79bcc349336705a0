import type { External, Login } from '../schema/external.ts';
import type { Secret } from '../schema/secret.ts';
import type { Service } from '../schema/service.ts';
import type { System } from '../schema/system.ts';
import { byCodeUnit, sortedEntries, sortedSet } from './sort.ts';
import type { HostFacts, Plan, PlannedExternal, PlannedSecret } from './types.ts';

/** What of a service `${name:…}` stands for. */
export type AddressPart = 'host' | 'port' | 'sslmode' | 'ca' | 'scheme';

/**
 * `${name:host}`, `${name:port}`: where a service is reached, wherever it runs. `${name:sslmode}`, `${name:ca}`,
 * `${name:scheme}`: how it is spoken to, what verifies it (a file, or nothing), and what its URL begins with.
 */
export const ADDRESS = /\$\{([a-z][a-z0-9-]*):(host|port|sslmode|ca|scheme)\}/g;

/**
 * Where a service is reached: at its own name in the stack, on the port of its container and without TLS, or where it is
 * external; undefined: its description does not tell.
 */
export function addressPart(name: string, part: AddressPart, system: System): string | undefined {
  const service = system.services[name];
  if (!service) return undefined;
  const { external } = service;
  switch (part) {
    case 'host':
      return external ? external.host : name;
    case 'port':
      return (external?.port ?? onlyPort(service))?.toString();
    case 'sslmode':
      return external ? sslmodeOf(external, loginsOf(name, service, system)) : 'disable';
    case 'ca':
      return external?.ca === undefined ? '' : authorityFile(name);
    case 'scheme':
      return schemeOf(external, loginsOf(name, service, system));
    default:
      return part satisfies never;
  }
}

/** The port that a service listens on, if it is only one. */
export function onlyPort({ ports }: Service): number | undefined {
  const [first, ...more] = Object.values(ports);
  return more.length === 0 ? first?.container : undefined;
}

/** Where its callers have the certificates of the authorities of a service. */
export function authorityFile(name: string): string {
  return `/run/slipway/ca/${name}.pem`;
}

/** A database is spoken to in TLS unless somebody says otherwise; who names an authority wants it verified. */
export function sslmodeOf({ sslmode, ca }: External, logins: readonly Login[]): PlannedExternal['sslmode'] {
  return (
    sslmode ??
    (ca !== undefined ? 'verify-full' : undefined) ??
    (logins.some(({ protocol }) => protocol === 'postgres') ? 'require' : 'disable')
  );
}

/** What URLs of a service begin with, `rediss` being Redis over TLS; undefined: its description tells of no login. */
function schemeOf(external: External | undefined, logins: readonly Login[]): string | undefined {
  const protocol = logins[0]?.protocol;
  if (protocol !== 'redis') return protocol && 'postgresql';
  return external && sslmodeOf(external, logins) !== 'disable' ? 'rediss' : 'redis';
}

/** The services of a system that somebody else runs. */
export function externalServices({ services }: Pick<System, 'services'>): Record<string, Service> {
  return Object.fromEntries(Object.entries(services).filter(([, { external }]) => external !== undefined));
}

/** Secrets that are passwords at what somebody else runs: nobody here can make them up. */
export function externalPasswords(system: System): string[] {
  const external = externalServices(system);
  return sortedSet([
    ...Object.entries(external).flatMap(([name, service]) => [
      ...loginsOf(name, service, system).map(({ password }) => password),
      ...(service.external?.secret === undefined ? [] : [service.external.secret]),
    ]),
    ...Object.entries(system.secrets).flatMap(([name, { rotation }]) =>
      rotation && Object.hasOwn(external, rotation.postgresRole.service) ? [name] : [],
    ),
  ]);
}

/** How clients of a service log in: as it says itself, and as the owners of the databases in it. */
export function loginsOf(name: string, { logins }: Service, { databases }: Pick<System, 'databases'>): Login[] {
  const owners = sortedEntries(databases).flatMap(([database, described]): Login[] =>
    described.kind === 'postgres' && described.service === name
      ? [{ protocol: 'postgres', user: described.owner, database, password: described.password }]
      : [],
  );
  return [...logins, ...owners];
}

/**
 * The system without the services that somebody else runs: what is left waits for none of them, gets the way out to them,
 * their passwords are a third party's, and the databases in them are made by whoever runs them.
 */
export function withoutExternals(system: System): System {
  const external = externalServices(system);
  const isExternal = (name: string): boolean => Object.hasOwn(external, name);
  if (Object.keys(external).length === 0) return system;
  const passwords = new Set(externalPasswords(system));
  return {
    ...system,
    services: Object.fromEntries(
      Object.entries(system.services)
        .filter(([name]) => !isExternal(name))
        .map(([name, service]) => [name, withoutCalls(withAuthorities(service, external), isExternal)]),
    ),
    secrets: Object.fromEntries(
      Object.entries(system.secrets).map(([name, secret]) => [name, passwords.has(name) ? asProvided(secret) : secret]),
    ),
    databases: Object.fromEntries(Object.entries(system.databases).filter(([, { service }]) => !isExternal(service))),
    tasks: Object.fromEntries(Object.entries(system.tasks).filter(([, { service }]) => !isExternal(service))),
    ...(system.smoke && {
      smoke: { ...system.smoke, urls: system.smoke.urls.filter(({ service }) => !isExternal(service)) },
    }),
  };
}

/** With a file for each authority of somebody's own that what it calls is verified with. */
function withAuthorities(service: Service, external: Readonly<Record<string, Service>>): Service {
  const files = service.calls.flatMap((name): [string, Service['files'][string]][] => {
    const ca = external[name]?.external?.ca;
    return ca === undefined ? [] : [[authorityFile(name), { content: `${ca}\n`, mode: '0444' }]];
  });
  return files.length === 0 ? service : { ...service, files: { ...service.files, ...Object.fromEntries(files) } };
}

function withoutCalls(service: Service, isExternal: (name: string) => boolean): Service {
  return {
    ...service,
    egress: service.egress || service.calls.some(isExternal),
    calls: service.calls.filter((other) => !isExternal(other)),
    keeps: Object.fromEntries(Object.entries(service.keeps).filter(([, kept]) => !isExternal(kept.in))),
    dependsOn: Object.fromEntries(Object.entries(service.dependsOn).filter(([other]) => !isExternal(other))),
  };
}

/** Whoever runs the database changes passwords there. */
function asProvided({ rotation: _applied, ...secret }: Secret): Secret {
  return { ...secret, provided: true };
}

/**
 * Passwords of what somebody else runs, as the plan has them: a value that was generated while that ran here is protected,
 * and stays in the state beside the one that is set.
 */
export function withGenerated(secrets: readonly PlannedSecret[], passwords: readonly string[]): PlannedSecret[] {
  return secrets.map((secret) => {
    if (!passwords.includes(secret.name)) return secret;
    const { providedOnly: _never, ...rest } = secret;
    return rest;
  });
}

/** What somebody else runs, sorted by name, of the services whose profiles are on. */
export function plannedExternals(
  system: System,
  isOn: (service: string) => boolean,
  active: Readonly<Record<string, Service>>,
): PlannedExternal[] {
  return sortedEntries(externalServices(system))
    .filter(([name]) => isOn(name))
    .map(([name, service]) => {
      const external = service.external ?? {};
      const logins = loginsOf(name, service, system);
      return {
        name,
        description: service.description,
        host: external.host ?? '',
        port: external.port ?? onlyPort(service) ?? 0,
        sslmode: sslmodeOf(external, logins),
        ...(external.ca !== undefined && { ca: external.ca }),
        logins: logins.map(plannedLogin),
        callers: sortedEntries(system.services).flatMap(([caller, { calls }]) =>
          calls.includes(name) && Object.hasOwn(active, caller) ? [caller] : [],
        ),
        volumes: sortedEntries(service.volumes).flatMap(([volume, { readOnly }]) => (readOnly ? [] : [volume])),
      };
    });
}

function plannedLogin({ protocol, user, database, password }: Login): PlannedExternal['logins'][number] {
  return {
    protocol,
    ...(user !== undefined && { user }),
    ...(database !== undefined && { database }),
    secret: password,
  };
}

/**
 * The plan with the data that what somebody else runs by now has left on the host: it was kept here once, and is removed
 * only when somebody asks for that by name.
 */
export function withKeptData(plan: Plan, { dataOf = [] }: Pick<HostFacts, 'dataOf'>): Plan {
  const there = new Set(plan.volumes.map(({ name }) => name));
  const kept = (plan.externals ?? [])
    .filter(({ name }) => dataOf.includes(name))
    .flatMap(({ name: service, volumes }) =>
      volumes
        .filter((name) => !there.has(name))
        .map((name) => ({ name, service, description: `What ${service} kept while it ran here.` })),
    );
  if (kept.length === 0) return plan;
  return { ...plan, volumes: [...plan.volumes, ...kept].sort((a, b) => byCodeUnit(a.name, b.name)) };
}

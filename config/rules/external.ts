import { ADDRESS, externalServices, loginsOf, onlyPort, sslmodeOf, type AddressPart } from '../plan/externals.ts';
import { issuePath } from '../plan/resolution.ts';
import { templateReferences } from '../plan/template.ts';
import type { EnvironmentName, Issue } from '../plan/types.ts';
import type { Service } from '../schema/service.ts';
import type { Settings } from '../schema/settings.ts';
import type { System } from '../schema/system.ts';
import { error, warning } from './rule.ts';
import { unknownName } from './suggest.ts';

/** What is judged of services that somebody else runs. */
export interface ExternalArgs {
  /** With its addresses and parameters still to be filled in. */
  readonly system: System;
  readonly settings: Settings;
  readonly environment: EnvironmentName;
  /** Services whose profiles are on. */
  readonly isOn: (service: string) => boolean;
}

/** What somebody else runs has an address and a password, its callers ask for that address, and nothing is set of it but that. */
export function checkExternals(args: ExternalArgs): Issue[] {
  return Object.entries(externalServices(args.system)).flatMap(([name, service]) =>
    args.isOn(name)
      ? [
          ...checkAddress(name, service),
          ...checkKind(name, service, args),
          ...checkSecret(name, service, args),
          ...checkSettings(name, args),
          ...checkCallers(name, args),
          ...checkTransport(name, service, args),
          ...checkAuthority(name, service, args),
        ]
      : [],
  );
}

function settingPath(name: string, ...keys: string[]): string {
  return issuePath('slipway', ['services', name, 'external', ...keys]);
}

function checkAddress(name: string, service: Service): Issue[] {
  const { host, port } = service.external ?? {};
  return [
    ...(host === undefined
      ? [
          error(
            settingPath(name, 'host'),
            `is missing: "${name}" is external here, so somebody else runs it`,
            'a host name such as db.example.com, or an address; or `external: false`, and it runs here',
          ),
        ]
      : []),
    ...(port === undefined && onlyPort(service) === undefined
      ? [error(settingPath(name, 'port'), `is missing: "${name}" listens on several ports, or none`, 'a port')]
      : []),
  ];
}

function checkKind(name: string, { kind }: Service, { system }: ExternalArgs): Issue[] {
  const edges = Object.entries(system.services).filter(([, { edge }]) => edge?.upstreams[name] !== undefined);
  return [
    ...(kind === 'job' ? [error(settingPath(name), `"${name}" is a job: nobody else can run it`)] : []),
    ...edges.map(([edge]) => error(settingPath(name), `"${edge}" hands requests on to containers of "${name}"`)),
  ];
}

function checkSecret(name: string, { external }: Service, { system }: ExternalArgs): Issue[] {
  const secret = external?.secret;
  if (secret === undefined) return [];
  const found = system.secrets[secret];
  if (!found) {
    const known = Object.keys(system.secrets);
    return [unknownName(['slipway', 'services', name, 'external', 'secret'], { noun: 'secret', name: secret, known })];
  }
  return found.format.kind === 'password'
    ? []
    : [error(settingPath(name, 'secret'), `${secret} is no password`, 'a secret that is a password')];
}

/** What a stack sets of containers that there are none of. */
function checkSettings(name: string, { settings }: ExternalArgs): Issue[] {
  const { external: _address, ...rest } = settings.services[name] ?? {};
  const path = (key: string): string => issuePath('slipway', ['services', name, key]);
  const message = `"${name}" is external: it has no container here`;
  return [
    ...Object.entries(rest).flatMap(([key, value]) =>
      value === undefined ? [] : [error(path(key), message, `without ${key}, or \`external: false\``)],
    ),
    ...(settings.ports[name] === undefined
      ? []
      : [error(issuePath('slipway', ['ports', name]), message, 'none of its ports, or `external: false`')]),
  ];
}

/** A caller that does not ask for the address would go on looking for a container of that name. */
function checkCallers(name: string, { system, isOn }: ExternalArgs): Issue[] {
  return notTold(name, 'host', { system, isOn }).map((caller) =>
    error(
      settingPath(name),
      `${system.name} does not tell "${caller}" where "${name}" is: it would look for a container of that name`,
      `\`\${${name}:host}\` and \`\${${name}:port}\` in what "${caller}" is told of it`,
    ),
  );
}

/** An authority of somebody's own is of use where the server is verified at all, by clients that are told of it. */
function checkAuthority(name: string, service: Service, { system, isOn }: ExternalArgs): Issue[] {
  const { external } = service;
  if (external?.ca === undefined) return [];
  const sslmode = sslmodeOf(external, loginsOf(name, service, system));
  return [
    ...(sslmode === 'verify-full'
      ? []
      : [
          error(
            settingPath(name, 'ca'),
            `is of no use: sslmode is ${sslmode}, which verifies nothing`,
            'sslmode: verify-full',
          ),
        ]),
    ...notTold(name, 'ca', { system, isOn }).map((caller) =>
      error(
        settingPath(name, 'ca'),
        `${system.name} does not tell "${caller}" of it: it would verify "${name}" against the public authorities`,
        `\`\${${name}:ca}\` in what "${caller}" is told of it`,
      ),
    ),
  ];
}

/** Callers of a service that are on, and that no text tells a part of its address. */
function notTold(name: string, part: AddressPart, { system, isOn }: Pick<ExternalArgs, 'system' | 'isOn'>): string[] {
  const isTold = (text: string): boolean =>
    [...text.matchAll(ADDRESS)].some(([, service, told]) => service === name && told === part);
  return Object.entries(system.services)
    .filter(([caller, { calls, external }]) => calls.includes(name) && external === undefined && isOn(caller))
    .filter(([, caller]) => !textsOf(caller, system).some(isTold))
    .map(([caller]) => caller);
}

/** Every text that a service is told something by, those of its secrets included. */
function textsOf(service: Service, system: System): string[] {
  const { command, entrypoint, environment, files, secrets } = service;
  return [
    ...command,
    ...entrypoint,
    ...Object.values(environment),
    ...Object.values(files).map(({ content }) => content),
    ...Object.values(secrets).flatMap(({ secret }) => templatesOf(secret, system, [])),
  ];
}

/** The template of a secret, and those that it is built from. */
function templatesOf(name: string, system: System, seen: readonly string[]): string[] {
  const format = system.secrets[name]?.format;
  if (format?.kind !== 'template' || seen.includes(name)) return [];
  const parts = templateReferences(format.template).map(({ secret }) => secret);
  return [format.template, ...parts.flatMap((part) => templatesOf(part, system, [...seen, name]))];
}

/** What leaves the host in clear can be read on its way. */
function checkTransport(name: string, { external, logins }: Service, { environment }: ExternalArgs): Issue[] {
  if (environment !== 'prod' || logins.length === 0 || external?.sslmode !== 'disable') return [];
  return [
    warning(
      settingPath(name, 'sslmode'),
      `the password of "${name}", and all data, leave the host in clear`,
      'require or verify-full; disable where nobody else is on the network between',
    ),
  ];
}

import type { Secret } from '../schema/secret.ts';
import type { Service } from '../schema/service.ts';
import { sortedEntries, sortedSet } from './sort.ts';
import type { PlannedSecret, SecretFile } from './types.ts';

const FOLDER = '/run/secrets';

/**
 * All secrets of a system, whether or not the profiles of their readers are on: a value must not be lost because a
 * service is off for a while.
 */
export function plannedSecrets(
  secrets: Readonly<Record<string, Secret>>,
  services: Readonly<Record<string, Service>>,
  provided: readonly string[],
): PlannedSecret[] {
  return sortedEntries(secrets).map(([name, { description, format }]) => ({
    name,
    description,
    // What somebody has set wins, over derived ones too.
    source: provided.includes(name) ? 'provided' : format.kind === 'template' ? 'derived' : 'generated',
    format,
    services: sortedSet(
      Object.entries(services).flatMap(([service, { secrets: uses }]) =>
        Object.values(uses).some((use) => use.secret === name) ? [service] : [],
      ),
    ),
  }));
}

/** The secret files of a service, owned by the one who reads them. */
export function secretFiles(service: Service, owner: { uid: number; gid: number }): SecretFile[] {
  return sortedEntries(service.secrets).map(([name, { secret }]) => ({
    name,
    secret,
    path: secretPath(name),
    mode: '0400',
    ...owner,
  }));
}

/** Variables that say where the secret files of a service are. */
export function secretVariables(service: Service): Record<string, string> {
  return Object.fromEntries(
    sortedEntries(service.secrets).flatMap(([name, { env }]) => (env ? [[`${name}_FILE`, secretPath(name)]] : [])),
  );
}

function secretPath(name: string): string {
  return `${FOLDER}/${name}`;
}

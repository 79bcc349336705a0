import type { Secret, SecretUse } from '../schema/secret.ts';
import type { Service } from '../schema/service.ts';
import type { System } from '../schema/system.ts';
import { ownersByPassword } from './databases.ts';
import { sortedEntries, sortedSet } from './sort.ts';
import { templateSecrets } from './template.ts';
import type { PlannedSecret, SecretFile, SecretVariable } from './types.ts';

const FOLDER = '/run/secrets';

/**
 * All secrets of a system, whether or not the profiles of their readers are on: a value must not be lost because a
 * service is off for a while.
 */
export function plannedSecrets(
  { secrets, databases }: Pick<System, 'secrets' | 'databases'>,
  services: Readonly<Record<string, Service>>,
  provided: readonly string[],
): PlannedSecret[] {
  const owners = ownersByPassword(databases);
  const missing = new Set(missingSecrets(secrets, provided));
  return sortedEntries(secrets).map(([name, { description, format, rotation, revokes, provided: isProvidedOnly }]) => {
    const postgresRole = owners.get(name) ?? rotation?.postgresRole;
    return {
      name,
      description,
      source: missing.has(name) ? 'missing' : sourceOf(name, format, provided),
      format,
      services: sortedSet(
        Object.entries(services).flatMap(([service, { secrets: uses }]) =>
          Object.values(uses).some((use) => use.secret === name) ? [service] : [],
        ),
      ),
      ...(isProvidedOnly && { providedOnly: true }),
      ...(revokes === true && { revokes }),
      ...(postgresRole && { postgresRole }),
    };
  });
}

function sourceOf(name: string, { kind }: Secret['format'], provided: readonly string[]): PlannedSecret['source'] {
  // What somebody has set wins, over derived ones too.
  if (provided.includes(name)) return 'provided';
  if (kind === 'template') return 'derived';
  return ['certificate', 'private-key', 'ca-certificate'].includes(kind) ? 'issued' : 'generated';
}

/** Secrets whose values somebody has set or are generated, sorted: what is built or issued is as old as something else. */
export function datedSecrets(planned: readonly PlannedSecret[]): string[] {
  return planned.filter(({ source }) => source === 'generated' || source === 'provided').map(({ name }) => name);
}

/** Secrets that have no value: a third party's that nobody has set, and what is built from one, sorted. */
export function missingSecrets(secrets: Readonly<Record<string, Secret>>, provided: readonly string[]): string[] {
  const isMissing = (name: string, seen: readonly string[] = []): boolean => {
    const secret = secrets[name];
    // What does not exist, or is built from itself, is for the rules to report.
    if (!secret || provided.includes(name) || seen.includes(name)) return false;
    if (secret.format.kind !== 'template') return secret.provided;
    return templateSecrets(secret.format.template).some((part) => isMissing(part, [...seen, name]));
  };
  return Object.keys(secrets)
    .filter((name) => isMissing(name))
    .sort();
}

/** The secret files of a service, owned by the one who reads them. */
export function secretFiles(service: Service, owner: { uid: number; gid: number }): SecretFile[] {
  return delivered(service, 'file').map(({ name, secret }) => ({
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
    delivered(service, 'file').flatMap(({ name, env }) => (env ? [[`${name}_FILE`, secretPath(name)]] : [])),
  );
}

/** The variables of a service that hold a secret themselves. */
export function environmentSecrets(service: Service): SecretVariable[] {
  return delivered(service, 'env').map(({ name, secret }) => ({ name, secret }));
}

function delivered({ secrets }: Service, how: SecretUse['deliver']): (SecretUse & { name: string })[] {
  return sortedEntries(secrets)
    .filter(([, { deliver }]) => deliver === how)
    .map(([name, use]) => ({ name, ...use }));
}

function secretPath(name: string): string {
  return `${FOLDER}/${name}`;
}

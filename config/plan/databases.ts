import type { Database } from '../schema/database.ts';
import type { Service } from '../schema/service.ts';
import type { System } from '../schema/system.ts';
import { sortedEntries, sortedSet } from './sort.ts';
import type { PlannedDatabase, PlannedSecret } from './types.ts';

/** The databases of the servers that run, sorted by name. */
export function plannedDatabases(
  { databases }: Pick<System, 'databases'>,
  active: Readonly<Record<string, Service>>,
): PlannedDatabase[] {
  return sortedEntries(databases).flatMap(([name, database]): PlannedDatabase[] => {
    const server = active[database.service];
    if (!server) return [];
    if (database.kind === 'redis') return [{ name, ...database }];
    return [{ name, ...database, admin: administrator(server), extensions: sortedSet(database.extensions) }];
  });
}

/** The superuser of a PostgreSQL, as the official image has it. */
export function administrator({ environment }: Pick<Service, 'environment'>): string {
  return environment['POSTGRES_USER'] ?? 'postgres';
}

/** The roles that own databases, by the secrets that are their passwords. */
export function ownersByPassword(
  databases: Readonly<Record<string, Database>>,
): ReadonlyMap<string, NonNullable<PlannedSecret['postgresRole']>> {
  return new Map(
    Object.entries(databases).flatMap(([database, described]) =>
      described.kind === 'postgres'
        ? [[described.password, { service: described.service, role: described.owner, database }] as const]
        : [],
    ),
  );
}

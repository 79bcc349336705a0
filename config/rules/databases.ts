import { administrator } from '../plan/databases.ts';
import { issuePath } from '../plan/resolution.ts';
import type { Issue } from '../plan/types.ts';
import type { Database } from '../schema/database.ts';
import type { System } from '../schema/system.ts';
import { error, type Rule } from './rule.ts';
import { unknownName } from './suggest.ts';

type Postgres = Extract<Database, { kind: 'postgres' }>;
type Redis = Extract<Database, { kind: 'redis' }>;
type Named<T> = readonly [name: string, database: T];

/** Those of a server's own; a template may be opened by everybody. */
const TAKEN = ['postgres', 'template0', 'template1'];

/** How many logical databases a Redis has where nobody says. */
const REDIS_DATABASES = 16;

/** Each database stands in one server, and is one service's alone: no role, password or index is shared. */
export const checkDatabases: Rule = ({ system }) => {
  const all = Object.entries(system.databases);
  const postgres = all.flatMap(([name, each]): Named<Postgres>[] => (each.kind === 'postgres' ? [[name, each]] : []));
  const redis = all.flatMap(([name, each]): Named<Redis>[] => (each.kind === 'redis' ? [[name, each]] : []));
  return [
    ...all.flatMap((each) => checkServer(each, system)),
    ...postgres.flatMap((each) => [...checkOwner(each, system), ...checkPassword(each, system)]),
    ...redis.flatMap((each) => checkIndex(each, system)),
    ...shared(system, postgres, 'owner', (owner, first) => [
      `role "${owner}" owns "${first}" already, and could open both`,
      'a role for each database',
    ]),
    ...shared(system, postgres, 'password', (secret, first) => [
      `${secret} is the password of the owner of "${first}" already, and whoever has it could open both`,
      'a secret for each database',
    ]),
    ...shared(system, redis, 'index', (index, first) => [
      `index ${index} is that of "${first}" already`,
      `an index that no other has, such as ${freeIndex(redis)}`,
    ]),
  ];
};

function checkServer([name, { service }]: Named<Database>, { name: root, services }: System): Issue[] {
  const keys = ['databases', name, 'service'];
  const found = services[service];
  if (!found) return [unknownName([root, ...keys], { noun: 'service', name: service, known: Object.keys(services) })];
  if (found.singleton) return [];
  return [error(issuePath(root, keys), `"${service}" may have several replicas`, 'a service that is a singleton')];
}

function checkOwner([name, { service, owner }]: Named<Postgres>, { name: root, services }: System): Issue[] {
  const server = services[service];
  return [
    ...(TAKEN.includes(name)
      ? [error(issuePath(root, ['databases', name]), 'is a database of the server itself', 'another name')]
      : []),
    ...(server && administrator(server) === owner
      ? [
          error(
            issuePath(root, ['databases', name, 'owner']),
            `"${owner}" is the superuser of "${service}", and can open every database`,
            'a role of its own',
          ),
        ]
      : []),
  ];
}

function checkPassword([name, { password }]: Named<Postgres>, { name: root, secrets }: System): Issue[] {
  const keys = ['databases', name, 'password'];
  const secret = secrets[password];
  if (!secret) return [unknownName([root, ...keys], { noun: 'secret', name: password, known: Object.keys(secrets) })];
  return [
    ...(['template', 'certificate', 'private-key', 'ca-certificate'].includes(secret.format.kind)
      ? [error(issuePath(root, keys), `${password} is no password: it is made of others`, 'a secret that is one')]
      : []),
    ...(secret.rotation
      ? [
          error(
            issuePath(root, ['secrets', password, 'rotation']),
            `is the password of the owner of database "${name}", and is applied there already`,
            'no rotation',
          ),
        ]
      : []),
  ];
}

function checkIndex([name, { service, index }]: Named<Redis>, { name: root, services }: System): Issue[] {
  const command = services[service]?.command ?? [];
  const at = command.indexOf('--databases');
  const count = at === -1 ? REDIS_DATABASES : Number(command[at + 1]);
  if (index < count) return [];
  const message = `"${service}" has ${count} logical databases, and none of index ${index}`;
  return [error(issuePath(root, ['databases', name, 'index']), message, `0 to ${count - 1}, or a larger --databases`)];
}

/** An issue for each database but the first of a server that has the same value of `key` as one before. */
function shared<T extends Database>(
  { name: root }: System,
  databases: readonly Named<T>[],
  key: keyof T & string,
  text: (value: string, first: string) => readonly [message: string, accepted: string],
): Issue[] {
  return databases.flatMap(([name, database], at) => {
    const first = databases
      .slice(0, at)
      .find(([, other]) => other.service === database.service && other[key] === database[key]);
    if (!first) return [];
    const [message, accepted] = text(String(database[key]), first[0]);
    return [error(issuePath(root, ['databases', name, key]), message, accepted)];
  });
}

function freeIndex(databases: readonly Named<Redis>[]): number {
  const used = new Set(databases.map(([, { index }]) => index));
  let index = 0;
  while (used.has(index)) index++;
  return index;
}

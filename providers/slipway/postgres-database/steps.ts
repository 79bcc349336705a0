import { identifier } from '../postgres/psql.ts';
import type { Found } from './look.ts';
import type { PostgresDatabaseInputs } from './schema.ts';

/*
 * What has to be done for a database to be as it is described. Pure: the server is asked before, and told after.
 */

/** What an interrupted DROP DATABASE leaves, from PostgreSQL 16 on: nobody can connect to it, and it can only be dropped. */
const INVALID = -2;

/** Half-made: nobody but a superuser can open it. */
const CLOSED = 0;

/** The least that a role needs that owns a database and logs in. */
const LEAST = 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS';

/** Everything that keeps the database from being made, or from being taken over; told before anything is touched. */
export function obstacles({ database, owner, admin, extensions }: PostgresDatabaseInputs, found: Found): string[] {
  const known = found.database;
  const missing = extensions.filter((name) => !found.available.includes(name));
  return [
    ...(found.isSuperuser
      ? []
      : [`role "${admin}" is no superuser of the server, and may not make databases and roles`]),
    ...(owner === admin ? [`its owner "${owner}" is the superuser of the server; accepted: a role of its own`] : []),
    ...(known?.isTemplate === true ? ['it is a template of the server'] : []),
    ...(known?.connectionLimit === INVALID
      ? [
          `an interrupted DROP DATABASE has left it, and nothing can be read from it: DROP DATABASE ${identifier(database)} ends that`,
        ]
      : []),
    ...(known && known.owner !== owner
      ? [
          `it belongs to role "${known.owner}" already; to hand it over: ALTER DATABASE ${identifier(database)} OWNER TO ` +
            `${identifier(owner)}, and in it REASSIGN OWNED BY ${identifier(known.owner)} TO ${identifier(owner)} ` +
            `(if there is no such role yet: CREATE ROLE ${identifier(owner)})`,
        ]
      : []),
    ...(missing.length === 0
      ? []
      : [
          `the server has no extension ${missing.map((name) => `"${name}"`).join(', ')} (it lists its own in pg_available_extensions)`,
        ]),
  ];
}

/** In what the server differs from the description, by what is to be told of it; empty: nothing is to be done. */
export function departures({ extensions }: PostgresDatabaseInputs, { role, database, ...found }: Found): string[] {
  const isLeast =
    role?.rolcanlogin === true &&
    !(role.rolsuper || role.rolcreatedb || role.rolcreaterole || role.rolreplication || role.rolbypassrls);
  const isOpen = database?.allowsConnections === true && database.connectionLimit !== CLOSED;
  return [
    ...(isLeast ? [] : ['owner']),
    ...(isOpen && !database.isOpenToAll ? [] : ['database']),
    ...(extensions.every((name) => found.extensions.includes(name)) ? [] : ['extensions']),
  ];
}

/**
 * The statements that make it so, over what is there. CREATE DATABASE takes part in no transaction, so a new one is closed to
 * all but superusers until the last statement: whatever is interrupted before leaves nothing that anybody could open, and
 * is gone on with the next time.
 */
export function makeScript({ database, owner, extensions }: PostgresDatabaseInputs, found: Found): string {
  const [name, role] = [identifier(database), identifier(owner)];
  const missing = extensions.filter((each) => !found.extensions.includes(each));
  const isClosed = found.database === null || found.database.connectionLimit === CLOSED;
  return [
    `${found.role ? 'ALTER' : 'CREATE'} ROLE ${role} ${LEAST};`,
    // Of template0, which nobody is ever connected to: that would keep it from being copied.
    ...(found.database ? [] : [`CREATE DATABASE ${name} OWNER ${role} TEMPLATE template0 CONNECTION LIMIT ${CLOSED};`]),
    `REVOKE ALL ON DATABASE ${name} FROM PUBLIC;`,
    ...(found.database?.allowsConnections === false ? [`ALTER DATABASE ${name} ALLOW_CONNECTIONS true;`] : []),
    ...(missing.length === 0
      ? []
      : [
          `\\connect ${name}`,
          'BEGIN;',
          ...missing.map((each) => `CREATE EXTENSION IF NOT EXISTS ${identifier(each)} CASCADE;`),
          'COMMIT;',
        ]),
    ...(isClosed ? [`ALTER DATABASE ${name} CONNECTION LIMIT -1;`] : []),
  ].join('\n');
}

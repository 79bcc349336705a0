import { z } from 'zod';
import { identifier, literal } from '../postgres/psql.ts';
import type { PostgresDatabaseInputs } from './schema.ts';

/** What a server has of a database and its owner. */
export const Found = z.strictObject({
  isSuperuser: z.boolean().meta({ description: 'Whether who asks may make all of it' }),
  role: z
    .strictObject({
      rolcanlogin: z.boolean(),
      rolsuper: z.boolean(),
      rolcreatedb: z.boolean(),
      rolcreaterole: z.boolean(),
      rolreplication: z.boolean(),
      rolbypassrls: z.boolean(),
    })
    .nullable(),
  database: z
    .strictObject({
      owner: z.string(),
      isTemplate: z.boolean(),
      allowsConnections: z.boolean(),
      connectionLimit: z.number(),
      isOpenToAll: z.boolean().meta({ description: 'Whether PUBLIC has any right to it' }),
    })
    .nullable(),
  available: z.array(z.string()).meta({ description: 'Which of the extensions the server has' }),
  extensions: z.array(z.string()).meta({ description: 'Those in the database' }),
});
export type Found = z.infer<typeof Found>;

/** Asks for {@link Found}, in two lines: what the server has, then the extensions of the database. Pure. */
export function lookScript({ database, owner, extensions }: PostgresDatabaseInputs): string {
  const name = literal(database);
  const wanted = extensions.length === 0 ? 'false' : `name IN (${extensions.map(literal).join(', ')})`;
  return `SELECT json_build_object(
  'isSuperuser', (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
  'role', (SELECT row_to_json(r) FROM (
    SELECT rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls
    FROM pg_roles WHERE rolname = ${literal(owner)}) r),
  'database', (SELECT json_build_object(
      'owner', pg_get_userbyid(datdba), 'isTemplate', datistemplate, 'allowsConnections', datallowconn,
      'connectionLimit', datconnlimit,
      'isOpenToAll', EXISTS (SELECT FROM aclexplode(coalesce(datacl, acldefault('d', datdba))) WHERE grantee = 0))
    FROM pg_database WHERE datname = ${name}),
  'available', (SELECT coalesce(json_agg(name), '[]') FROM pg_available_extensions WHERE ${wanted}));
SELECT count(*) > 0 AS usable FROM pg_database WHERE datname = ${name} AND datallowconn AND datconnlimit <> -2 \\gset
\\if :usable
\\connect ${identifier(database)}
SELECT coalesce(json_agg(extname), '[]') FROM pg_extension;
\\endif`.replace(/\n +/g, ' ');
}

/** The answer to {@link lookScript}. @throws if it is none */
export function parseLook(output: string): Found {
  const [server = '', extensions = '[]'] = output.trim().split('\n');
  return Found.parse({ ...(JSON.parse(server) as object), extensions: JSON.parse(extensions) as unknown });
}

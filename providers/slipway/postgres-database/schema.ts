import { z } from 'zod';

/** In psql's own commands a name is read as an address where it holds certain characters. */
const Database = z.string().regex(/^[a-z_][a-z0-9_-]{0,62}$/, 'not a plain name of letters, digits, _ and -');

/** Inputs of a database of one owner. */
export const PostgresDatabaseInputs = z.strictObject({
  service: z.string().min(1).meta({ description: 'What messages call the server' }),
  container: z.string().min(1).meta({ description: 'Id of the running container of the server' }),
  database: Database.meta({ description: 'Its name' }),
  owner: z.string().min(1).max(63).meta({ description: 'The role that it belongs to, which opens no other' }),
  admin: z.string().min(1).meta({ description: 'The superuser that makes it, over the local socket' }),
  extensions: z.array(z.string().min(1)).default([]).meta({ description: 'What stands in it' }),
});
export type PostgresDatabaseInputs = z.infer<typeof PostgresDatabaseInputs>;

import { z } from 'zod';
import { Name, VariableName } from './name.ts';

/** What databases, their owners and their extensions are called: identifiers of PostgreSQL that need no quotes in a URL. */
const Identifier = z
  .string()
  .regex(/^[a-z_][a-z0-9_-]{0,62}$/)
  .meta({ accepted: 'at most 63 lower-case letters, digits, underscores and hyphens, no digit or hyphen first' });

/** What a database is called in the description: in PostgreSQL that is its name. */
export const DatabaseName = Identifier;

/** A database inside a service that runs a database server; what it holds stays when it goes from the description. */
export const Database = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('postgres'),
    service: Name.meta({ description: 'The service that runs the PostgreSQL: a singleton.' }),
    owner: z.string().min(1).max(63).meta({
      description: 'The role that owns it, and that can open no other; `${name}` stands for a parameter.',
    }),
    password: VariableName.meta({ description: "The secret that is the owner's password." }),
    extensions: z.array(Identifier).default([]).meta({ description: 'Extensions that are made in it.' }),
  }),
  z.strictObject({
    kind: z.literal('redis'),
    service: Name.meta({ description: 'The service that runs the Redis: a singleton.' }),
    index: z.number().int().min(0).meta({
      description: 'Index of the logical database: the last part of a URL, `redis://…/3`.',
      accepted: 'a whole number, 0 or more',
    }),
  }),
]);
export type Database = z.output<typeof Database>;

import type { Migrations } from '../apply-migrations.ts';

/** What Luminai's pages are kept in: keys that sort by time, texts that are found without their accents. */
export const luminaiMigrations: Migrations = {
  schema: 'luminai',
  lock: 'luminai.migrate',
  all: [
    {
      name: '1: visitors and their pages',
      statements: `
      CREATE TABLE luminai.visitors (
        id uuid PRIMARY KEY DEFAULT uuidv7(),
        name text NOT NULL UNIQUE,
        seen_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE luminai.pages (
        id uuid PRIMARY KEY DEFAULT uuidv7(),
        author_id uuid NOT NULL REFERENCES luminai.visitors,
        title text NOT NULL,
        body text NOT NULL
      );`,
    },
    {
      name: '2: search without accents',
      statements: `
      CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;
      CREATE FUNCTION luminai.plain(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        AS $$ SELECT lower(public.unaccent('public.unaccent', $1)) $$;`,
    },
  ],
};

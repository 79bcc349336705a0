import * as z from 'zod';
import type { Query } from '../database.ts';
import { check, Refused, userOf } from './requests.ts';
import type { LomashService } from './service.ts';

/** How long a page is cached, in seconds. */
const CACHED_S = 300;

const slug = z.string().regex(/^[a-z0-9-]{1,100}$/);
const page = z.strictObject({ slug, title: z.string().trim().min(1).max(200), body: z.string().max(100_000) });
const slugParameter = z.object({ slug });
const search = z.object({ q: z.string().max(200).default('') });

async function put(
  query: Query,
  { slug: key, title, body }: z.infer<typeof page>,
  overwrites: boolean,
): Promise<number> {
  const change = overwrites ? 'UPDATE SET title = excluded.title, body = excluded.body' : 'NOTHING';
  const rows = await query(
    `INSERT INTO pages (slug, title, body) VALUES ($1, $2, $3) ON CONFLICT (slug) DO ${change} RETURNING 1`,
    [key, title, body],
  );
  return rows.length;
}

/** Pages of the site; found without their accents. */
export const content: LomashService = {
  migrations: [
    {
      name: '1: pages',
      statements: `CREATE TABLE pages (
        slug text PRIMARY KEY,
        title text NOT NULL,
        body text NOT NULL,
        at timestamptz NOT NULL DEFAULT now())`,
    },
  ],
  seed: (query) =>
    put(query, { slug: 'about', title: 'About Lomash Wood', body: 'Kitchens and bedrooms, made to measure.' }, false),
  start({ http, database, redis }) {
    http.put('/v1/content/pages', async (request) => {
      userOf(request);
      const given = check(page, request.body);
      await put(database.query, given, true);
      await redis.del(`page:${given.slug}`);
      return { slug: given.slug };
    });
    http.get('/v1/content/pages/:slug', async (request, reply) => {
      const { slug: key } = check(slugParameter, request.params);
      const cached = await redis.get(`page:${key}`);
      if (cached !== null) return reply.header('x-cache', 'hit').type('application/json').send(cached);
      const [row] = await database.query('SELECT slug, title, body FROM pages WHERE slug = $1', [key]);
      if (!row) throw new Refused(404, `no page ${key}`);
      await redis.set(`page:${key}`, JSON.stringify(row), 'EX', CACHED_S);
      return row;
    });
    http.get('/v1/content/search', async (request) => ({
      pages: await database.query(
        `SELECT slug, title FROM pages
         WHERE unaccent(title || ' ' || body) ILIKE '%' || unaccent($1) || '%' ORDER BY at DESC LIMIT 20`,
        [check(search, request.query).q],
      ),
    }));
  },
};

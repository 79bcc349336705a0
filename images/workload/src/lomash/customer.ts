import * as z from 'zod';
import { check, Refused, userOf } from './requests.ts';
import type { LomashService } from './service.ts';

const CACHED_S = 60;

const profile = z.strictObject({
  postcode: z.string().trim().min(2).max(10),
  telephone: z.string().max(30).default(''),
});
const loyalty = z.strictObject({ id: z.uuid(), userId: z.uuid(), points: z.number().int().min(0) });

/** Profiles of customers, and their points. */
export const customer: LomashService = {
  migrations: [
    {
      name: '1: profiles and points',
      statements: `CREATE TABLE profiles (
          user_id uuid PRIMARY KEY,
          email citext NOT NULL,
          postcode citext NOT NULL,
          telephone text NOT NULL);
        CREATE TABLE points (id uuid PRIMARY KEY, user_id uuid NOT NULL, points int NOT NULL);
        CREATE INDEX points_user ON points (user_id)`,
    },
  ],
  seed: () => Promise.resolve(0),
  start({ http, database, redis }) {
    http.put('/v1/customers/me', async (request) => {
      const user = userOf(request);
      const { postcode, telephone } = check(profile, request.body);
      await database.query(
        `INSERT INTO profiles (user_id, email, postcode, telephone) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id) DO UPDATE SET postcode = excluded.postcode, telephone = excluded.telephone`,
        [user.id, user.email, postcode, telephone],
      );
      await redis.del(`profile:${user.id}`);
      return { id: user.id };
    });
    http.get('/v1/customers/me', async (request, reply) => {
      const user = userOf(request);
      const cached = await redis.get(`profile:${user.id}`);
      if (cached !== null) return reply.type('application/json').send(cached);
      const [row] = await database.query(
        `SELECT email, postcode, telephone,
           (SELECT coalesce(sum(points), 0)::int FROM points WHERE user_id = $1) AS points
         FROM profiles WHERE user_id = $1`,
        [user.id],
      );
      if (!row) throw new Refused(404, 'no profile yet');
      await redis.set(`profile:${user.id}`, JSON.stringify(row), 'EX', CACHED_S);
      return row;
    });
    // Told again until it is taken: counted once.
    http.post('/internal/loyalty', async (request) => {
      const { id, userId, points } = check(loyalty, request.body);
      await database.query('INSERT INTO points (id, user_id, points) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
        id,
        userId,
        points,
      ]);
      await redis.del(`profile:${userId}`);
      return { id };
    });
  },
};

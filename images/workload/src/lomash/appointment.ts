import * as z from 'zod';
import { check, Refused, userOf } from './requests.ts';
import type { LomashService } from './service.ts';

/** How long somebody who chooses keeps a slot from others, in seconds. */
const LOCKED_S = 5;

const booking = z.strictObject({
  consultant: z.string().trim().min(1).max(100),
  at: z.iso.datetime({ offset: true }),
  minutes: z.number().int().min(15).max(240).default(60),
});

/** An exclusion constraint: two appointments of one consultant never overlap, whatever the services believe. */
const EXCLUSION = '23P01';

/** Appointments with consultants. */
export const appointment: LomashService = {
  migrations: [
    {
      name: '1: appointments',
      statements: `CREATE TABLE appointments (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        user_id uuid NOT NULL,
        consultant citext NOT NULL,
        during tstzrange NOT NULL,
        EXCLUDE USING gist ((lower(consultant::text)) WITH =, during WITH &&))`,
    },
    { name: '2: by user', statements: 'CREATE INDEX appointments_user ON appointments (user_id)' },
  ],
  seed: () => Promise.resolve(0),
  start({ http, database, redis }) {
    http.post('/v1/appointments', async (request, reply) => {
      const user = userOf(request);
      const { consultant, at, minutes } = check(booking, request.body);
      const lock = `lock:${consultant.toLowerCase()}:${at}`;
      if ((await redis.set(lock, user.id, 'EX', LOCKED_S, 'NX')) === null)
        throw new Refused(409, 'somebody is booking that');
      try {
        const [row] = await database.query<{ id: string }>(
          `INSERT INTO appointments (user_id, consultant, during)
           VALUES ($1, $2, tstzrange($3::timestamptz, $3::timestamptz + make_interval(mins => $4))) RETURNING id`,
          [user.id, consultant, at, minutes],
        );
        return await reply.code(201).send(row);
      } catch (error) {
        if ((error as { code?: unknown }).code === EXCLUSION) throw new Refused(409, `${consultant} is taken then`);
        throw error;
      } finally {
        await redis.del(lock);
      }
    });
    http.get('/v1/appointments', async (request) => ({
      appointments: await database.query(
        `SELECT id, consultant, to_char(lower(during), 'YYYY-MM-DD HH24:MI TZ') AS at
         FROM appointments WHERE user_id = $1 ORDER BY during`,
        [userOf(request).id],
      ),
    }));
  },
};

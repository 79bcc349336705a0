import * as z from 'zod';
import { check, userOf } from './requests.ts';
import type { LomashService } from './service.ts';

const BUFFER = 'buffer:events';
const FLUSH_MS = 500;

const event = z.strictObject({
  id: z.uuid(),
  name: z.string().min(1).max(100),
  subject: z.string().max(200),
  value: z.number().default(0),
});
const filter = z.object({ name: z.string().max(100), subject: z.string().max(200).optional() });

/** Events: taken into Redis at once, stored in the database soon after. */
export const analytics: LomashService = {
  migrations: [
    {
      name: '1: events',
      statements: `CREATE TABLE events (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        subject text NOT NULL,
        value float8 NOT NULL,
        at timestamptz NOT NULL DEFAULT now());
        CREATE INDEX events_name ON events (name, at)`,
    },
  ],
  seed: () => Promise.resolve(0),
  start({ app, http, database, redis }) {
    http.post('/internal/events', async (request, reply) => {
      await redis.rpush(BUFFER, JSON.stringify(check(event, request.body)));
      return reply.code(202).send({ buffered: true });
    });
    http.get('/v1/analytics/events', async (request) => {
      userOf(request);
      const { name, subject } = check(filter, request.query);
      return {
        events: await database.query(
          `SELECT name, subject, value, at FROM events WHERE name = $1 AND ($2::text IS NULL OR subject = $2)
           ORDER BY at DESC LIMIT 100`,
          [name, subject ?? null],
        ),
      };
    });
    app.repeat('flush', FLUSH_MS, async () => {
      const buffered = await redis.lrange(BUFFER, 0, 99);
      if (buffered.length === 0) return;
      await database.transaction(async (query) => {
        for (const line of buffered) {
          const { id, name, subject, value } = event.parse(JSON.parse(line));
          await query('INSERT INTO events (id, name, subject, value) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
            id,
            name,
            subject,
            value,
          ]);
        }
      });
      // One by one, by what they are: another replica may have taken some of them out meanwhile.
      for (const line of buffered) await redis.lrem(BUFFER, 1, line);
    });
  },
};

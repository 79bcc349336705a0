import { createTransport } from 'nodemailer';
import * as z from 'zod';
import { check, userOf } from './requests.ts';
import type { LomashService } from './service.ts';
import { needed } from './settings.ts';

const QUEUE = 'queue:mail';
const TURN_MS = 250;
/** What stands in the database and was never taken from the queue is put in again after this, in seconds. */
const LOST_S = 30;

const notification = z.strictObject({
  id: z.uuid(),
  to: z.email(),
  subject: z.string().min(1).max(300),
  text: z.string().max(100_000),
});
interface Mail extends Record<string, unknown> {
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
}

/** Mail: what is to be sent stands in the database, whose turn it is in Redis; sent by SMTP. */
export const notificationService: LomashService = {
  migrations: [
    {
      name: '1: notifications',
      statements: `CREATE TABLE notifications (
        id uuid PRIMARY KEY,
        recipient text NOT NULL,
        subject text NOT NULL,
        body text NOT NULL,
        state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'delivered')),
        reply text,
        at timestamptz NOT NULL DEFAULT now());
        CREATE INDEX notifications_queued ON notifications (at) WHERE state = 'queued'`,
    },
  ],
  seed: () => Promise.resolve(0),
  start({ app, http, database, redis, settings }) {
    const transport = createTransport({
      host: needed(settings, 'SMTP_HOST'),
      port: settings.SMTP_PORT,
      secure: settings.SMTP_SECURE === 'true',
      ...(settings.SMTP_USER !== undefined && {
        auth: { user: settings.SMTP_USER, pass: settings.SMTP_PASSWORD ?? '' },
        // What logs in never does so in clear.
        requireTLS: true,
      }),
      ...{ connectionTimeout: 3000, greetingTimeout: 3000, socketTimeout: 10_000 },
    });
    app.onStop('smtp', () => {
      transport.close();
      return Promise.resolve();
    });

    http.post('/internal/notifications', async (request, reply) => {
      const { id, to, subject, text } = check(notification, request.body);
      const fresh = await database.query(
        `INSERT INTO notifications (id, recipient, subject, body) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING RETURNING 1`,
        [id, to, subject, text],
      );
      if (fresh.length > 0) await redis.lpush(QUEUE, id);
      return reply.code(202).send({ id });
    });
    http.get('/v1/notifications', async (request) => ({
      notifications: await database.query(
        'SELECT id, subject, state, reply FROM notifications WHERE recipient = $1 ORDER BY at DESC LIMIT 50',
        [userOf(request).email],
      ),
    }));

    app.repeat('mail', TURN_MS, async () => {
      for (let id = await redis.rpop(QUEUE); id !== null; id = await redis.rpop(QUEUE)) {
        await send(id);
      }
    });
    app.repeat('lost mail', LOST_S * 1000, async () => {
      const lost = await database.query<{ id: string }>(
        `SELECT id FROM notifications WHERE state = 'queued' AND at < now() - make_interval(secs => ${LOST_S})`,
      );
      for (const { id } of lost) await redis.lpush(QUEUE, id);
    });

    async function send(id: string): Promise<void> {
      const [mail] = await database.query<Mail>(
        `SELECT id, recipient, subject, body FROM notifications WHERE id = $1 AND state = 'queued'`,
        [id],
      );
      if (!mail) return;
      try {
        const { recipient: to, subject, body: text } = mail;
        const { response } = await transport.sendMail({ from: settings.MAIL_FROM, to, subject, text });
        await database.query(`UPDATE notifications SET state = 'delivered', reply = $2 WHERE id = $1`, [id, response]);
      } catch (error) {
        await redis.lpush(QUEUE, id);
        throw error;
      }
    }
  },
};

import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Query } from '../database.ts';
import { check, Refused, type User } from './requests.ts';
import type { LomashService } from './service.ts';
import { needed } from './settings.ts';

const COOKIE = 'lomash_session';
const LIFETIME_S = 24 * 60 * 60;
/** Attempts to log in a minute, by address of mail. */
const ATTEMPTS = 10;

const credentials = z.strictObject({ email: z.email().max(200), password: z.string().min(8).max(200) });
const registration = credentials.extend({ name: z.string().trim().min(1).max(100) });
const session = z.object({ id: z.uuid(), email: z.string(), name: z.string() });

const hash = promisify<string, Buffer, number, Buffer>(scrypt);

async function hashed(password: string, salt = randomBytes(16)): Promise<string> {
  return `${salt.toString('base64')}$${(await hash(password, salt, 32)).toString('base64')}`;
}

async function isPassword(password: string, stored: string): Promise<boolean> {
  const salt = Buffer.from(stored.split('$')[0] ?? '', 'base64');
  return timingSafeEqual(Buffer.from(await hashed(password, salt)), Buffer.from(stored));
}

/** @returns the id of the new user; undefined: the address has one already */
async function register(query: Query, { email, name, password }: z.infer<typeof registration>) {
  const rows = await query<{ id: string }>(
    `INSERT INTO users (email, name, password) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id`,
    [email, name, await hashed(password)],
  );
  return rows[0]?.id;
}

function tokenOf({ headers }: FastifyRequest): string | undefined {
  return new RegExp(`(?:^|;\\s*)${COOKIE}=([^;]+)`).exec(headers.cookie ?? '')?.[1];
}

/** Users in the database, who is logged in in Redis, until it ends or a day has passed. */
export const auth: LomashService = {
  migrations: [
    {
      name: '1: users',
      statements: `CREATE TABLE users (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        email citext NOT NULL UNIQUE,
        name text NOT NULL,
        password text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now())`,
    },
  ],
  // Nobody could log in with a password that nobody has been told.
  seed: () => Promise.resolve(0),
  start({ http, database, redis, settings }) {
    const secret = needed(settings, 'AUTH_SECRET');
    // Whoever reads keys in Redis can't log in with them.
    const keyOf = (token: string): string =>
      `session:${createHmac('sha256', secret).update(token).digest('base64url')}`;
    const current = async (request: FastifyRequest): Promise<User> => {
      const token = tokenOf(request);
      const value = token === undefined ? null : await redis.get(keyOf(token));
      if (value === null) throw new Refused(401, 'nobody is logged in');
      return session.parse(JSON.parse(value));
    };
    http.post('/v1/auth/register', async (request, reply) => {
      const id = await register(database.query, check(registration, request.body));
      if (id === undefined) throw new Refused(409, 'that address has a user already');
      return reply.code(201).send({ id });
    });
    http.post('/v1/auth/login', async (request, reply) => {
      const { email, password } = check(credentials, request.body);
      const tried = await redis.incr(`rate:${email.toLowerCase()}`);
      if (tried === 1) await redis.expire(`rate:${email.toLowerCase()}`, 60);
      if (tried > ATTEMPTS) throw new Refused(429, 'too many attempts: wait for a minute');
      const [user] = await database.query<User & { password: string } & Record<string, unknown>>(
        'SELECT id, email, name, password FROM users WHERE email = $1',
        [email],
      );
      if (!user || !(await isPassword(password, user.password))) throw new Refused(401, 'no such user, or password');
      const token = randomBytes(24).toString('base64url');
      const { id, name } = user;
      await redis.set(keyOf(token), JSON.stringify({ id, email: user.email, name }), 'EX', LIFETIME_S);
      const cookie = `${COOKIE}=${token}; Path=/; Max-Age=${LIFETIME_S}; HttpOnly; SameSite=Lax`;
      return reply.header('set-cookie', cookie).send({ id, name });
    });
    http.get('/v1/auth/me', current);
    http.get('/internal/session', current);
    http.post('/v1/auth/logout', async (request, reply) => {
      const token = tokenOf(request);
      if (token !== undefined) await redis.del(keyOf(token));
      return reply.code(204).header('set-cookie', `${COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`).send();
    });
  },
};

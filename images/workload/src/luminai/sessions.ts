import { createHmac, randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import * as z from 'zod';
import { UnavailableError } from '../database.ts';

/** Name of the cookie that a session is known by. */
export const COOKIE = 'luminai_session';

const session = z.object({ visitorId: z.string(), name: z.string(), since: z.string() });
/** Who is logged in, and since when. */
export type Session = z.infer<typeof session>;

/** What sessions need of Redis. */
export type SessionStore = Pick<Redis, 'set' | 'getex' | 'del'>;

/** What sessions are made of. */
export interface SessionOptions {
  /** Keys in Redis are made with it, so that whoever reads those can't log in with them. */
  readonly secret: string;
  /** How long one lasts after the last request, in ms. */
  readonly lifetimeMs: number;
}

/** Who is logged in: kept in Redis alone, so that any replica knows, until a session ends or Redis drops it. */
export class Sessions {
  readonly #redis: SessionStore;
  readonly #options: SessionOptions;

  constructor(redis: SessionStore, options: SessionOptions) {
    this.#redis = redis;
    this.#options = options;
  }

  /**
   * Begins a session.
   * @returns the header that gives its cookie to the browser
   * @throws UnavailableError while Redis can't keep it
   */
  async begin(visitor: Pick<Session, 'visitorId' | 'name'>, isSecure: boolean): Promise<string> {
    const id = randomBytes(24).toString('base64url');
    const { lifetimeMs } = this.#options;
    const value = JSON.stringify({ ...visitor, since: new Date().toISOString() } satisfies Session);
    await available(this.#redis.set(this.#key(id), value, 'PX', lifetimeMs));
    return cookie(id, Math.floor(lifetimeMs / 1000), isSecure);
  }

  /** The session that a request belongs to, which lasts anew from now on; undefined: none. @throws UnavailableError */
  async of(header: string | undefined): Promise<Session | undefined> {
    const id = idIn(header);
    if (id === undefined) return undefined;
    const value = await available(this.#redis.getex(this.#key(id), 'PX', this.#options.lifetimeMs));
    return value === null ? undefined : session.parse(JSON.parse(value));
  }

  /** Ends a session, if there is one. @returns the header that takes its cookie back */
  async end(header: string | undefined, isSecure: boolean): Promise<string> {
    const id = idIn(header);
    if (id !== undefined) await available(this.#redis.del(this.#key(id)));
    return cookie('', 0, isSecure);
  }

  #key(id: string): string {
    return `session:${createHmac('sha256', this.#options.secret).update(id).digest('base64url')}`;
  }
}

function idIn(header = ''): string | undefined {
  const found = header.split(/;\s*/).find((pair) => pair.startsWith(`${COOKIE}=`));
  return found === undefined || found.length === COOKIE.length + 1 ? undefined : found.slice(COOKIE.length + 1);
}

function cookie(id: string, seconds: number, isSecure: boolean): string {
  return `${COOKIE}=${id}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
}

async function available<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw new UnavailableError(`sessions: ${error instanceof Error ? error.message : String(error)}`);
  }
}

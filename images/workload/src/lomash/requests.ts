import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';

/** A request that is answered with what is wrong with it. */
export class Refused extends Error {
  readonly statusCode: number;
  readonly problems: readonly string[];

  constructor(statusCode: number, message: string, problems: readonly string[] = []) {
    super(message);
    this.statusCode = statusCode;
    this.problems = problems;
  }
}

/** A body, a query or parameters as `schema` has them. @throws Refused with every problem at once */
export function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw new Refused(400, `invalid request: ${problems.join('; ')}`, problems);
}

export const idParameter = z.object({ id: z.uuid() });

const user = z.object({ 'x-user-id': z.uuid(), 'x-user-email': z.string(), 'x-user-name': z.string() });

/** Who has sent a request. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

/** Headers by which the gateway tells a service who asks; it takes none of them from outside. */
export function userHeaders({ id, email, name }: User): Record<string, string> {
  return { 'x-user-id': id, 'x-user-email': email, 'x-user-name': encodeURIComponent(name) };
}

/** Who asks, as the gateway tells. @throws Refused where nobody is logged in */
export function userOf({ headers }: Pick<FastifyRequest, 'headers'>): User {
  const parsed = user.safeParse(headers);
  if (!parsed.success) throw new Refused(401, 'nobody is logged in');
  const { 'x-user-id': id, 'x-user-email': email, 'x-user-name': name } = parsed.data;
  return { id, email, name: decodeURIComponent(name) };
}

/** How far the clock of whoever signs may be off, in seconds. */
const TOLERANCE_S = 300;

/**
 * Whether a header `t=<seconds>,v1=<hex>` signs a body, as Stripe's webhooks do (HMAC-SHA256 over `<t>.<body>`).
 * @param nowMs milliseconds since 1970
 */
export function isSigned(header: string, body: string, secret: string, nowMs: number): boolean {
  const part = (name: string): string => new RegExp(`(?:^|,)${name}=([^,]*)`).exec(header)?.[1] ?? '';
  const [at, given] = [part('t'), part('v1')];
  if (Math.abs(nowMs / 1000 - Number(at)) > TOLERANCE_S || !/^\d+$/.test(at)) return false;
  const wanted = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
  return given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted));
}

import { gunzipSync, gzipSync } from 'node:zlib';
import type { Plan } from '../plan/types.ts';

/** A plan in a fifth of its size: the state, which keeps several, is written anew with every step of an `up`. */
export function packPlan(plan: string): string {
  return gzipSync(plan, { level: 9 }).toString('base64');
}

/** The plan in what {@link packPlan} has made. */
export function unpackPlan(packed: string): Plan {
  return JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString('utf8')) as Plan;
}

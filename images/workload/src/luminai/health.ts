import type { Redis } from 'ioredis';
import type { Query } from '../database.ts';

/** What is known of one store. */
export interface StoreHealth {
  readonly status: 'ok' | 'unhealthy';
  /** How long it took to answer. */
  readonly ms: number;
  readonly [fact: string]: unknown;
}

/** Facts of a store, and how long they took; why there are none where it does not answer. */
export async function lookedAt(facts: () => Promise<Readonly<Record<string, unknown>>>): Promise<StoreHealth> {
  const startMs = performance.now();
  const took = (): number => Math.round(performance.now() - startMs);
  try {
    const found = await facts();
    return { status: 'ok', ms: took(), ...found };
  } catch (error) {
    return { status: 'unhealthy', ms: took(), error: error instanceof Error ? error.message : 'unreachable' };
  }
}

/** Version, size, connections and extensions of the database. */
export async function databaseFacts(query: Query): Promise<Readonly<Record<string, unknown>>> {
  const [row] = await query(
    `SELECT current_setting('server_version') AS version,
       pg_database_size(current_database())::float8 AS bytes,
       (SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database()) AS connections,
       (SELECT array_agg(extname::text ORDER BY extname) FROM pg_extension) AS extensions,
       uuidv7() AS uuidv7`,
  );
  return row ?? {};
}

/** Memory, policy and keys of a Redis. */
export async function redisFacts(redis: Pick<Redis, 'info' | 'dbsize'>): Promise<Readonly<Record<string, unknown>>> {
  const [info, keys] = await Promise.all([redis.info(), redis.dbsize()]);
  const fact = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  return {
    version: fact('redis_version'),
    usedBytes: Number(fact('used_memory')),
    maxBytes: Number(fact('maxmemory')),
    policy: fact('maxmemory_policy'),
    evictedKeys: Number(fact('evicted_keys')),
    keys,
  };
}

/** Whether a client would rather have Prometheus's text than JSON: scrapers name it, `curl` and browsers do not. */
export function wantsPrometheus(accept = ''): boolean {
  return /\btext\/plain\b|\bapplication\/openmetrics-text\b/.test(accept);
}

import type { EventEmitter } from 'node:events';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import pg from 'pg';
import type { PlannedExternal } from '../../config/plan/types.ts';
import { Obstacle, obstacleOf } from './outcome.ts';

/** What is said of a connection that has ended; what broke TLS on it comes a moment later. */
const GONE = 'terminated unexpectedly';
/** How long that is waited for, in ms. */
const GONE_MS = 500;

/** Somebody who logs in. */
export interface Credentials {
  readonly user: string | undefined;
  readonly database: string | undefined;
  readonly password: string;
}

/** How a server is spoken to. */
export interface Transport {
  /** Whom its certificate has to name, where that is verified. */
  readonly host: string;
  readonly sslmode: PlannedExternal['sslmode'];
  /** Authorities in PEM; absent: the public ones. */
  readonly ca?: string | undefined;
  readonly timeoutMs: number;
}

/**
 * Logs in to a PostgreSQL over a connection that is there, and asks it for one row.
 * @throws Obstacle
 */
export async function tryPostgres(
  stream: Duplex,
  { user = 'postgres', database = user, password }: Credentials,
  { timeoutMs, ...transport }: Transport,
): Promise<void> {
  const client = new pg.Client({
    stream: () => stream,
    ...{ host: transport.host, user, database, password, ssl: tlsOptions(transport) },
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    application_name: 'slipway',
  });
  // What breaks afterwards is of interest only where it says why the connection is gone.
  const later = new Promise<unknown>((resolve) => {
    const { connection } = client as unknown as { connection: EventEmitter };
    connection.on('error', resolve);
    client.on('error', resolve);
  });
  try {
    await client.connect();
    await client.query('SELECT 1');
  } catch (error) {
    const isGone = transport.sslmode !== 'disable' && error instanceof Error && error.message.includes(GONE);
    throw explained(isGone ? await Promise.race([later, sleep(GONE_MS, error)]) : error, timeoutMs);
  } finally {
    // Whoever has opened the connection closes it: nobody waits for a farewell.
    void client.end().catch(() => undefined);
  }
}

/** What libpq means by it; `verify-full` against the authorities of its own, or those that Node trusts. */
export function tlsOptions({ host, sslmode, ca }: Omit<Transport, 'timeoutMs'>): ConnectionOptions | false {
  if (sslmode === 'disable') return false;
  // A name is sent along, which an address may not be; what is verified is either.
  const peer = { host, ...(isIP(host) === 0 && { servername: host }) };
  if (sslmode === 'require') return { ...peer, rejectUnauthorized: false };
  return { ...peer, ...(ca !== undefined && { ca }) };
}

function explained(error: unknown, timeoutMs: number): Obstacle {
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes('does not support SSL')) return new Obstacle('plain', 'it speaks no TLS', { cause: error });
  if (/establishing an SSL connection|terminated unexpectedly|received invalid/i.test(message)) {
    return new Obstacle('stranger', 'it does not answer as PostgreSQL does', { cause: error });
  }
  if (/timeout/i.test(message)) {
    return new Obstacle('silent', `it takes the connection, and does not answer within ${timeoutMs / 1000} s`);
  }
  return obstacleOf(error);
}

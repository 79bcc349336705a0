import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { rootCertificates } from 'node:tls';
import type { Plan, PlannedSmoke } from '../../config/plan/types.ts';
import { onChosenPorts } from '../chosen-ports.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import type { StackState } from '../pulumi/state.ts';

/** Where the smoke test asks, and how. */
export interface Door {
  /** Its address on the host, e.g. `http://127.0.0.1:8000`. */
  readonly address: string;
  /** Present: over TLS, as a client that asks for this name. */
  readonly tls?: {
    readonly host: string;
    /** The stack's own authority, as PEM: trusted beside those that everybody trusts. */
    readonly authority?: string;
  };
}

/** What a request was answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** As the server asks to keep them: `Set-Cookie`, one each. */
  readonly cookies: readonly string[];
}

/** A request, as the smoke test makes it. */
export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Where the smoke test of a plan asks; undefined: that port is not published, or not chosen yet. Pure. */
export function doorOf(plan: Plan, smoke: PlannedSmoke, state: StackState): Door | undefined {
  const service = onChosenPorts(plan, state).services.find(({ name }) => name === smoke.service);
  const port = service?.ports.find(({ name }) => name === smoke.port);
  // One that is free has no number before the first `up`.
  if (typeof port?.published !== 'number') return undefined;
  const isEverywhere = port.address === undefined || port.address === '0.0.0.0' || port.address === '::';
  const place = `${isEverywhere ? '127.0.0.1' : port.address}:${port.published}`;
  if (smoke.host === undefined) return { address: `http://${place}` };
  const authority = authorityIn(state);
  return { address: `https://${place}`, tls: { host: smoke.host, ...(authority !== undefined && { authority }) } };
}

/** What everybody may know of the stack's own authority: its certificate. */
function authorityIn({ resources }: StackState): string | undefined {
  const found = resources.find(({ type }) => type === TYPES.authority);
  const certificate = found?.outputs?.['certPem'];
  return typeof certificate === 'string' ? certificate : undefined;
}

/** Asks at a door. @throws whatever keeps an answer from coming */
export async function askAt({ address, tls }: Door, path: string, asked: Asked, signal: AbortSignal): Promise<Answer> {
  if (tls === undefined) {
    const response = await fetch(`${address}${path}`, { ...asked, signal });
    return { status: response.status, text: await response.text(), cookies: response.headers.getSetCookie() };
  }
  const { method = 'GET', headers = {}, body } = asked;
  const sent = request(`${address}${path}`, {
    ...{ method, signal, agent: false, servername: tls.host, headers: { ...headers, host: tls.host } },
    ca: [...rootCertificates, ...(tls.authority === undefined ? [] : [tls.authority])],
  });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const cookies = response.headers['set-cookie'] ?? [];
  return { status: response.statusCode ?? 0, text: await text(response), cookies };
}

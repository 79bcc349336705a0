import { UnavailableError } from '../database.ts';
import { Refused } from './requests.ts';

/** How long another service may take, in ms. */
const TIMEOUT_MS = 3000;

/**
 * Asks another service for an object in JSON.
 * @throws Refused with its own answer where that is 4xx; UnavailableError where it has none, or 5xx
 */
export async function askPeer(
  base: string,
  path: string,
  { body, headers = {} }: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Record<string, unknown>> {
  const url = new URL(path, base);
  let response: Response;
  try {
    response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw new UnavailableError(`${url.host}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (response.ok) return answer;
  const told = typeof answer['error'] === 'string' ? answer['error'] : `answered ${response.status}`;
  if (response.status >= 500) throw new UnavailableError(`${url.host}: ${told}`);
  throw new Refused(response.status, told);
}

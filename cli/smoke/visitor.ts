import { randomBytes } from 'node:crypto';
import type { PlannedStep } from '../../config/plan/types.ts';
import { askAt, type Answer, type Door } from './door.ts';

/** How long one request may take, in ms. */
const REQUEST_MS = 5000;

/** An answer that no further attempt will change. */
export class Refusal extends Error {
  override name = 'Refusal';
}

/** A client that keeps cookies, and what answers told it, from one request to the next. */
export class Visitor {
  readonly #door: Door;
  readonly #deadline: AbortSignal;
  readonly #cookies = new Map<string, string>();
  readonly #kept = new Map<string, string>([['run', randomBytes(5).toString('hex')]]);

  constructor(door: Door, deadline: AbortSignal) {
    this.#door = door;
    this.#deadline = deadline;
  }

  /**
   * Takes one step of a proof.
   * @throws Refusal for what will not pass; Error for what may: 5xx, no connection, no answer in time, a page that does not
   *   show yet what it should
   */
  async take({ method, path, body, status, shows, keep }: PlannedStep): Promise<void> {
    const target = this.#filled(path, encodeURIComponent);
    const answer = await this.#request(method, target, body === undefined ? undefined : this.#filledBody(body));
    const asked = `${method} ${this.#door.address}${target}`;
    if (status === undefined ? answer.status < 200 || answer.status >= 300 : answer.status !== status) {
      const wanted = status === undefined ? '' : ` in place of ${status}`;
      throw failure(answer, `${asked} answered ${answer.status}${wanted}: ${beginningOf(answer.text)}`);
    }
    const missing = shows.map((text) => this.#filled(text)).find((text) => !answer.text.includes(text));
    if (missing !== undefined) {
      const message = `${asked} does not show "${missing}", but: ${beginningOf(answer.text)}`;
      // What changes something is not asked twice.
      throw method === 'GET' ? new Error(message) : new Refusal(message);
    }
    for (const [name, key] of Object.entries(keep)) {
      const value = objectIn(answer, asked)[key];
      if (typeof value !== 'string' && typeof value !== 'number') {
        throw new Refusal(`${asked} was answered without "${key}"`);
      }
      this.#kept.set(name, String(value));
    }
  }

  /**
   * Asks for an object in JSON.
   * @throws Refusal for 4xx; Error for what may pass: 5xx, no connection, no answer in time
   */
  async ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const asked = `${method} ${this.#door.address}${path}`;
    const answer = await this.#request(method, path, body);
    if (answer.status < 200 || answer.status >= 300) {
      throw failure(answer, `${asked} answered ${answer.status}: ${beginningOf(answer.text)}`);
    }
    return objectIn(answer, asked);
  }

  async #request(method: string, path: string, body: unknown): Promise<Answer> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(cookie !== '' && { cookie }),
    };
    const signal = AbortSignal.any([this.#deadline, AbortSignal.timeout(REQUEST_MS)]);
    const asked = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const answer = await askAt(this.#door, path, asked, signal);
    for (const line of answer.cookies) this.#take(line);
    return answer;
  }

  /** Domains, paths and flags make no difference to somebody who visits one door, over TLS or not. */
  #take(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const at = pair.indexOf('=');
    if (at < 1) return;
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    if (value === '' || attributes.some((attribute) => /^max-age=(?:0|-\d+)$/i.test(attribute)))
      this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }

  #filled(text: string, encode: (value: string) => string = (value) => value): string {
    return text.replace(/\{([a-z][A-Za-z0-9]*)\}/g, (whole, name: string) => {
      const value = this.#kept.get(name);
      return value === undefined ? whole : encode(value);
    });
  }

  #filledBody(value: unknown): unknown {
    if (typeof value === 'string') return this.#filled(value);
    if (Array.isArray(value)) return value.map((item) => this.#filledBody(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.#filledBody(each)]));
  }
}

function failure({ status }: Answer, message: string): Error {
  const mayPass = status >= 500 || status === 429 || status === 404;
  return mayPass ? new Error(message) : new Refusal(message);
}

function objectIn({ text }: Answer, asked: string): Record<string, unknown> {
  const answer: unknown = JSON.parse(text);
  if (typeof answer !== 'object' || answer === null) {
    throw new Refusal(`${asked} was answered with something else than an object`);
  }
  return answer as Record<string, unknown>;
}

function beginningOf(text: string): string {
  return text.trim().slice(0, 300);
}

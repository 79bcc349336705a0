import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';

/** What the site answered. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What is asked for beside the path. */
export interface Asked {
  readonly method?: string;
  /** Name in the place of the site's own. */
  readonly host?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Somebody who visits a site over TLS, trusts one authority and nobody else, and keeps the cookie of a session. */
export class Browser {
  readonly #port: number;
  readonly #authority: string;
  readonly #host: string;
  #cookie = '';

  constructor(port: number, authority: string, host: string) {
    this.#port = port;
    this.#authority = authority;
    this.#host = host;
  }

  /** @throws what keeps an answer from coming, a certificate that does not fit too */
  async ask(path: string, { method = 'GET', host = this.#host, body, headers = {} }: Asked = {}): Promise<Answer> {
    const asked = request({
      ...{ host: '127.0.0.1', port: this.#port, servername: host, ca: this.#authority, path, method, agent: false },
      headers: {
        host,
        cookie: this.#cookie,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
    });
    asked.end(body === undefined ? undefined : JSON.stringify(body));
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const [cookie] = answer.headers['set-cookie'] ?? [];
    if (cookie !== undefined) this.#cookie = cookie.split(';')[0] ?? '';
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) };
  }

  /** The certificate that is shown under a name, and whether a client that asks for the name takes it. */
  async certificate(name: string): Promise<{ certificate: PeerCertificate; fits: boolean }> {
    const socket: TLSSocket = connect({
      ...{ host: '127.0.0.1', port: this.#port, servername: name, ca: this.#authority, rejectUnauthorized: false },
    });
    try {
      await once(socket, 'secureConnect');
      return { certificate: socket.getPeerCertificate(), fits: socket.authorized };
    } finally {
      socket.destroy();
    }
  }
}

import { Agent, request as httpRequest, type AgentOptions, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { Client, credentials, status } from '@grpc/grpc-js';
import { z } from 'zod';

/*
 * Clients of a running system that hide nothing: no request is repeated, every one that is not answered as it should be is
 * counted by what happened to it.
 */

/** Longer than anything may take, in ms. */
const PATIENCE_MS = 20_000;

/** What became of requests of one kind. */
export interface Tally {
  readonly requests: number;
  /** What happened → how often: a status, a code of the system's, a wrong answer. */
  readonly failures: Readonly<Record<string, number>>;
  /** Of those that were answered, in ms, unsorted. */
  readonly latencies: readonly number[];
}

/** A kind of client. */
export interface Kind {
  readonly name: string;
  readonly clients: number;
  readonly path: string;
  /** False: a connection for each request. */
  readonly keepAlive: boolean;
  /** Between an answer and the next request, in ms. */
  readonly think: () => number;
}

const between = (least: number, most: number) => () => least + Math.random() * (most - least);

/** Every kind of request that a release must not lose; what takes 5 s is in flight when a replica is asked to stop. */
export const EVERY_KIND: readonly Kind[] = [
  { name: 'POST, kept connections', clients: 4, path: '/api/v1/echo', keepAlive: true, think: between(0, 10) },
  { name: 'POST, kept, thinking', clients: 12, path: '/api/v1/echo', keepAlive: true, think: between(100, 1500) },
  { name: 'POST, fresh connections', clients: 3, path: '/api/v1/echo', keepAlive: false, think: between(0, 40) },
  { name: 'POST that takes 5 s', clients: 6, path: '/api/v1/echo?delayMs=5000', keepAlive: true, think: () => 0 },
  { name: 'POST to the engine', clients: 4, path: '/engine/echo', keepAlive: true, think: between(0, 50) },
];

/** As few as show whether anything is lost, for a service that echoes at `path`. */
export function few(path: string): readonly Kind[] {
  return [
    { name: 'POST, kept connections', clients: 1, path, keepAlive: true, think: between(0, 50) },
    { name: 'POST, kept, thinking', clients: 2, path, keepAlive: true, think: between(100, 1000) },
    { name: 'POST, fresh connections', clients: 1, path, keepAlive: false, think: between(20, 80) },
    { name: 'POST that takes 2 s', clients: 1, path: `${path}?delayMs=2000`, keepAlive: true, think: () => 0 },
  ];
}

/** Those for LinkFlow. */
export const FEW = few('/api/v1/echo');

/** A load that goes on until it is stopped. */
export interface Load {
  /** What happened since the last call, by kind. */
  readonly take: () => Map<string, Tally>;
  /** Lets what is in flight end. */
  readonly stop: () => Promise<void>;
}

/** What a load is made of. */
export interface LoadOptions {
  readonly kinds: readonly Kind[];
  /** Path of a WebSocket to keep open; absent: none. */
  readonly socket?: string;
  /** True: executions too, once a second, each of which has to complete. */
  readonly executions?: boolean;
  /** A gRPC method without an input to call, such as `/shop.v1.Shop/Count`, by clients in clear; absent: none. */
  readonly grpc?: string;
  /** For an origin over TLS: the authority that is trusted, in PEM, and the name that is asked for. */
  readonly tls?: { readonly ca: string; readonly servername: string };
}

/** Starts clients against `origin`, e.g. `http://127.0.0.1:8088`. */
export function startLoad(origin: string, { kinds, socket, executions = false, grpc, tls }: LoadOptions): Load {
  const stopping = new AbortController();
  const books = new Map<string, Book>();
  const book = (name: string): Book => {
    const kept = books.get(name) ?? new Book();
    books.set(name, kept);
    return kept;
  };
  const running = [
    ...kinds.flatMap((kind) =>
      Array.from({ length: kind.clients }, () => client(origin, kind, book(kind.name), stopping.signal, tls)),
    ),
    ...(socket === undefined
      ? []
      : [watchSocket(`${origin.replace(/^http/, 'ws')}${socket}`, book('WebSocket messages'), stopping.signal)]),
    ...(grpc === undefined
      ? []
      : Array.from({ length: GRPC_CLIENTS }, () => call(origin, grpc, book('gRPC calls'), stopping.signal))),
    ...(executions ? [execute(origin, book('executions'), stopping.signal)] : []),
  ];
  return {
    take: () => new Map([...books].map(([name, kept]) => [name, kept.take()])),
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

class Book {
  #requests = 0;
  #failures = new Map<string, number>();
  #latencies: number[] = [];

  answered(ms: number): void {
    this.#requests++;
    this.#latencies.push(ms);
  }

  failed(what: string): void {
    this.#requests++;
    this.#failures.set(what, (this.#failures.get(what) ?? 0) + 1);
  }

  take(): Tally {
    const tally = {
      requests: this.#requests,
      failures: Object.fromEntries(this.#failures),
      latencies: this.#latencies,
    };
    this.#requests = 0;
    this.#failures = new Map();
    this.#latencies = [];
    return tally;
  }
}

async function client(
  origin: string,
  kind: Kind,
  book: Book,
  stopping: AbortSignal,
  tls: LoadOptions['tls'],
): Promise<void> {
  const options: AgentOptions = { keepAlive: kind.keepAlive, maxSockets: 1 };
  // A session that is taken up again would hide a handshake that fails.
  const agent = tls === undefined ? new Agent(options) : new TlsAgent({ ...options, ...tls, maxCachedSessions: 0 });
  let number = 0;
  while (!stopping.aborted) {
    const body = JSON.stringify({ number: ++number, who: kind.name });
    const startedMs = performance.now();
    try {
      const { status, answer } = await post(`${origin}${kind.path}`, body, agent);
      if (status !== 200) book.failed(`status ${status}`);
      else if (answer.includes(body)) book.answered(performance.now() - startedMs);
      else book.failed('another answer');
    } catch (error) {
      book.failed((error as NodeJS.ErrnoException).code ?? (error as Error).name);
    }
    const pause = kind.think();
    if (pause > 0) await sleep(pause, undefined, { signal: stopping }).catch(() => undefined);
  }
  agent.destroy();
}

async function post(url: string, body: string, agent: Agent): Promise<{ status: number; answer: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const take = (answer: IncomingMessage): void => {
      text(answer).then((all) => {
        resolve({ status: answer.statusCode ?? 0, answer: all });
      }, reject);
    };
    const options = { method: 'POST', agent, headers: { ...headers, ...hostOf(agent) }, timeout: PATIENCE_MS };
    const sent = agent instanceof TlsAgent ? httpsRequest(url, options, take) : httpRequest(url, options, take);
    sent.once('timeout', () => sent.destroy(new Error(`no answer in ${PATIENCE_MS} ms`)));
    sent.once('error', reject);
    sent.end(body);
  });
}

/** The name that is asked for over TLS, which need not be where the server is. */
function hostOf(agent: Agent): { host?: string } {
  const servername = agent instanceof TlsAgent ? agent.options.servername : undefined;
  return servername === undefined ? {} : { host: servername };
}

const GRPC_CLIENTS = 3;

/**
 * A client of gRPC as its libraries make one: it keeps one connection, and what a server refuses unseen (a stream after GOAWAY)
 * it opens again elsewhere, which HTTP/2 says is safe.
 */
async function call(origin: string, method: string, book: Book, stopping: AbortSignal): Promise<void> {
  const options = { 'grpc.use_local_subchannel_pool': 1 };
  const client = new Client(new URL(origin).host, credentials.createInsecure(), options);
  const same = (bytes: Buffer): Buffer => bytes;
  while (!stopping.aborted) {
    const startedMs = performance.now();
    await new Promise<void>((resolve) => {
      const deadline = Date.now() + PATIENCE_MS;
      client.makeUnaryRequest(method, same, same, Buffer.alloc(0), { deadline }, (error) => {
        if (error) book.failed(status[error.code]);
        else book.answered(performance.now() - startedMs);
        resolve();
      });
    });
    await sleep(between(0, 50)(), undefined, { signal: stopping }).catch(() => undefined);
  }
  client.close();
}

/** A connection that is to last: each message counts as a request, each end of it as a failure. */
async function watchSocket(url: string, book: Book, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    await new Promise<void>((resolve) => {
      const socket = new WebSocket(url);
      const end = (): void => {
        socket.close();
        resolve();
      };
      stopping.addEventListener('abort', end, { once: true });
      socket.addEventListener('message', () => {
        book.answered(0);
      });
      socket.addEventListener('close', ({ code }) => {
        if (!stopping.aborted) book.failed(`closed with ${code}`);
        stopping.removeEventListener('abort', end);
        resolve();
      });
    });
    await sleep(100);
  }
}

const Begun = z.object({ id: z.string() });
const Shown = z.looseObject({
  state: z.string(),
  trail: z.array(z.looseObject({ service: z.string(), event: z.string() })),
});
/** How long an execution may take to complete, in ms. */
const COMPLETION_MS = 60_000;

/** Executions go through every service of the core, over gRPC from the queue on: each that is accepted has to complete. */
async function execute(origin: string, book: Book, stopping: AbortSignal): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const followed: Promise<void>[] = [];
  while (!stopping.aborted) {
    followed.push(follow(origin, agent, book));
    await sleep(1000, undefined, { signal: stopping }).catch(() => undefined);
  }
  await Promise.all(followed);
  agent.destroy();
}

async function follow(origin: string, agent: Agent, book: Book): Promise<void> {
  const startedMs = performance.now();
  try {
    const body = JSON.stringify({ input: { at: startedMs } });
    const { status, answer } = await post(`${origin}/api/v1/executions`, body, agent);
    if (status !== 202) {
      book.failed(`status ${status}`);
      return;
    }
    const { id } = Begun.parse(JSON.parse(answer));
    while (performance.now() - startedMs < COMPLETION_MS) {
      const shown = await fetch(`${origin}/api/v1/executions/${id}`);
      const { state, trail } = Shown.parse(await shown.json());
      if (state === 'completed') {
        // What was given back and taken again is done once.
        const done = trail.filter(({ service, event }) => service === 'worker' && event === 'completed').length;
        if (done !== 1) book.failed(`done ${done} times`);
        else book.answered(performance.now() - startedMs);
        return;
      }
      await sleep(500);
    }
    book.failed('not completed');
  } catch (error) {
    book.failed((error as NodeJS.ErrnoException).code ?? (error as Error).name);
  }
}

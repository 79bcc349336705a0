import * as grpc from '@grpc/grpc-js';
import { fromJSON, type MethodDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import type { App } from './app.ts';
import { retry, type Backoff } from './backoff.ts';
import type { Method, Reply, Request, Service } from './contract.ts';
import engine from './engine.json' with { type: 'json' };

const definitions = fromJSON(engine as Parameters<typeof fromJSON>[0], {
  longs: Number,
  defaults: true,
  arrays: true,
  objects: true,
});

function definitionOf(service: Service): ServiceDefinition {
  return definitions[`linkflow.engine.v1.${service}`] as ServiceDefinition;
}

/** What a handler knows of its call besides the request. */
export interface Call {
  /** Aborted when the caller has gone. */
  readonly gone: AbortSignal;
}

export type Handlers<S extends Service> = {
  readonly [M in Method<S>]: (request: Request<S, M>, call: Call) => Promise<Reply<S, M>>;
};

/** An error that says with its code whether repeating the call can help. */
export class RpcError extends Error {
  readonly code: grpc.status;

  constructor(code: 'NOT_FOUND' | 'UNAVAILABLE', message: string) {
    super(message);
    this.code = grpc.status[code];
  }
}

const final = new Set<unknown>([grpc.status.INVALID_ARGUMENT, grpc.status.NOT_FOUND, grpc.status.UNIMPLEMENTED]);

/** Whether an error of a call may pass by itself. */
export function mayPass(error: unknown): boolean {
  return !final.has((error as { code?: unknown }).code);
}

/** Serves `handlers` on `port`. Stopping answers the calls in flight first. */
export async function serve<S extends Service>(
  app: App,
  service: S,
  port: number,
  handlers: Handlers<S>,
): Promise<void> {
  const definition = definitionOf(service);
  const implementation: grpc.UntypedServiceImplementation = {};
  for (const method of Object.keys(definition) as Method<S>[]) {
    const handle: grpc.handleUnaryCall<Request<S, typeof method>, unknown> = (call, reply) => {
      const gone = new AbortController();
      call.on('cancelled', () => {
        gone.abort();
      });
      handlers[method](call.request, { gone: gone.signal }).then(
        (answer) => {
          reply(null, answer);
        },
        (error: unknown) => {
          const known = error instanceof RpcError;
          if (!known) app.log.warn({ err: error, method }, 'call failed');
          const code = known ? error.code : grpc.status.UNAVAILABLE;
          reply({ code, details: error instanceof Error ? error.message : 'failed' });
        },
      );
    };
    implementation[method] = handle;
  }
  const server = new grpc.Server({ 'grpc.keepalive_time_ms': 10_000, 'grpc.keepalive_timeout_ms': 5000 });
  server.addService(definition, implementation);
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`0.0.0.0:${port}`, grpc.ServerCredentials.createInsecure(), (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
  app.onStop(
    'grpc',
    () =>
      new Promise<void>((resolve) => {
        server.tryShutdown(() => {
          resolve();
        });
      }),
  );
  app.log.info({ port }, 'serving gRPC');
}

export interface CallOptions extends Partial<Backoff> {
  /** How long one try may take. Default 5 s. */
  readonly deadlineMs?: number;
  /** Cancels the call in flight and every further try. */
  readonly cancel?: AbortSignal;
}

/** The replicas of one service behind its address: calls go round, broken connections come back by themselves. */
export class Peer<S extends Service> {
  readonly #client: grpc.Client;
  readonly #definition: ServiceDefinition;

  constructor(app: App, service: S, address: string) {
    this.#definition = definitionOf(service);
    this.#client = new grpc.Client(`dns:${address}`, grpc.credentials.createInsecure(), {
      'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 2000,
      'grpc.dns_min_time_between_resolutions_ms': 1000,
      'grpc.keepalive_time_ms': 10_000,
      'grpc.keepalive_timeout_ms': 5000,
    });
    app.onStop(`connection to ${service}`, () => {
      this.#client.close();
      return Promise.resolve();
    });
  }

  /** Calls `method`, repeating it while its error may pass (default 5 tries). */
  async call<M extends Method<S>>(method: M, request: Request<S, M>, options: CallOptions = {}): Promise<Reply<S, M>> {
    return retry(() => this.#once(method, request, options), {
      attempts: 5,
      mayPass,
      signal: options.cancel,
      ...options,
    });
  }

  #method(name: string): MethodDefinition<object, object> {
    const method = this.#definition[name];
    if (method === undefined) throw new Error(`engine.json knows no method ${name}`);
    return method;
  }

  #once<M extends Method<S>>(method: M, request: Request<S, M>, options: CallOptions): Promise<Reply<S, M>> {
    const { path, requestSerialize, responseDeserialize } = this.#method(method);
    return new Promise((resolve, reject) => {
      const call = this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request as object,
        new grpc.Metadata(),
        { deadline: Date.now() + (options.deadlineMs ?? 5000) },
        (error, reply) => {
          options.cancel?.removeEventListener('abort', cancel);
          if (error) reject(error);
          else resolve(reply as Reply<S, M>);
        },
      );
      const cancel = (): void => {
        call.cancel();
      };
      options.cancel?.addEventListener('abort', cancel);
    });
  }
}

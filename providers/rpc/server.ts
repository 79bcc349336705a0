import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { ResourceProviderService } from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import providerPb from '@pulumi/pulumi/proto/provider_pb.js';
import pluginPb from '@pulumi/pulumi/proto/plugin_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import { configFailures, ownConfig, parseConfig } from './config.ts';
import { diffValues } from './diff.ts';
import { EngineLog } from './engine-log.ts';
import type { Operation, Provider, Resource } from './provider.ts';
import { InitError, messageOf } from './provider.ts';
import { redactor } from './redact.ts';
import { checkResponse, diffResponse, HalfMadeError, read, struct } from './messages.ts';
import type { Decoded, Path } from './values.ts';

/** What every request about a resource has. */
interface ResourceRequest {
  getUrn(): string;
  getType(): string;
}

/** Serves a {@link Provider} to the Pulumi engine. */
export class ProviderServer {
  readonly #provider: Provider;
  readonly #log = new EngineLog();
  readonly #cancelled = new AbortController();
  readonly #server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  #running = 0;
  #resources: ReadonlyMap<string, Resource> | undefined;

  constructor(provider: Provider, engineAddress?: string) {
    this.#provider = provider;
    if (engineAddress !== undefined) this.#log.connect(engineAddress);
    this.#server.addService(ResourceProviderService, this.#handlers());
  }

  /** Listens on a free port of this machine alone, and answers its number. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
        if (error) reject(error);
        else resolve(port);
      });
    });
  }

  /** Aborts what is running. */
  cancel(): void {
    this.#cancelled.abort(new Error('interrupted'));
  }

  /** Whether an operation is under way. */
  get busy(): boolean {
    return this.#running > 0;
  }

  close(): void {
    this.#log.close();
    this.#server.forceShutdown();
  }

  #handlers(): UntypedServiceImplementation {
    return {
      handshake: unary((request: providerPb.ProviderHandshakeRequest) => {
        if (request.getEngineAddress() !== '') this.#log.connect(request.getEngineAddress());
        return new providerPb.ProviderHandshakeResponse().setAcceptSecrets(true);
      }),
      attach: unary((request: pluginPb.PluginAttach) => {
        this.#log.connect(request.getAddress());
        return new emptyPb.Empty();
      }),
      getPluginInfo: unary(() => new pluginPb.PluginInfo().setVersion(this.#provider.version)),
      getSchema: unary(() => {
        const { name, version } = this.#provider;
        return new providerPb.GetSchemaResponse().setSchema(JSON.stringify({ name, version }));
      }),
      cancel: unary(() => {
        this.cancel();
        return new emptyPb.Empty();
      }),
      checkConfig: unary((request: providerPb.CheckRequest) => this.#checkConfig(request)),
      diffConfig: unary((request: providerPb.DiffRequest) => {
        const [olds, news] = [read(request.getOldInputs() ?? request.getOlds()), read(request.getNews())];
        return diffResponse({ changes: diffValues(ownConfig(olds.values), ownConfig(news.values)) });
      }),
      configure: unary((request: providerPb.ConfigureRequest) => this.#configure(request)),
      invoke: unary((request: providerPb.InvokeRequest) => {
        throw new Error(`${this.#provider.name} has no function ${request.getTok()}`);
      }),
      check: unary((request: providerPb.CheckRequest) => this.#check(request)),
      diff: unary((request: providerPb.DiffRequest) => this.#diff(request)),
      create: unary((request: providerPb.CreateRequest) => this.#create(request)),
      read: unary((request: providerPb.ReadRequest) => this.#read(request)),
      update: unary((request: providerPb.UpdateRequest) => this.#update(request)),
      delete: unary((request: providerPb.DeleteRequest) => this.#delete(request)),
    };
  }

  #checkConfig(request: providerPb.CheckRequest): providerPb.CheckResponse {
    const news = read(request.getNews());
    const wrong = configFailures(this.#provider.config, news.values);
    return checkResponse(news.values, news.secrets, wrong);
  }

  async #configure(request: providerPb.ConfigureRequest): Promise<providerPb.ConfigureResponse> {
    const config = read(request.getArgs());
    await masked([config], async () => {
      const parsed = parseConfig(this.#provider.config, config.values);
      const resources = await this.#provider.configure(parsed);
      this.#resources = new Map(resources.map((resource) => [resource.token, resource]));
    });
    return new providerPb.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
  }

  async #check(request: providerPb.CheckRequest): Promise<providerPb.CheckResponse> {
    const [resource, olds, news] = [this.#resource(request), read(request.getOlds()), read(request.getNews())];
    return masked([olds, news], async (mask) => {
      const { inputs, failures } = await resource.check({
        urn: request.getUrn(),
        inputs: news.values,
        olds: Object.keys(olds.values).length > 0 ? olds.values : undefined,
        seed: request.getRandomseed_asU8(),
      });
      const told = failures.map(({ property, reason }) => ({ property, reason: mask(reason) }));
      return checkResponse(inputs, news.secrets, told);
    });
  }

  async #diff(request: providerPb.DiffRequest): Promise<providerPb.DiffResponse> {
    const resource = this.#resource(request);
    const [olds, state, news] = [request.getOldInputs(), request.getOlds(), request.getNews()].map(read) as Three;
    return masked([olds, state, news], async () =>
      diffResponse(
        await resource.diff({ id: request.getId(), olds: olds.values, news: news.values, state: state.values }),
      ),
    );
  }

  async #create(request: providerPb.CreateRequest): Promise<providerPb.CreateResponse> {
    const [resource, inputs] = [this.#resource(request), read(request.getProperties())];
    const secrets = [...inputs.secrets, ...secretOutputs(resource)];
    return this.#operate(request, request.getPreview(), [inputs], secrets, async (operation) => {
      const { id, state } = await resource.create(operation, inputs.values);
      return new providerPb.CreateResponse()
        .setId(request.getPreview() ? '' : id)
        .setProperties(struct(state, secrets));
    });
  }

  async #read(request: providerPb.ReadRequest): Promise<providerPb.ReadResponse> {
    const [resource, state, inputs] = [
      this.#resource(request),
      read(request.getProperties()),
      read(request.getInputs()),
    ];
    const secrets = [...state.secrets, ...inputs.secrets, ...secretOutputs(resource)];
    return this.#operate(request, false, [state, inputs], secrets, async (operation) => {
      const existing = { id: request.getId(), state: state.values, inputs: inputs.values };
      const found = await resource.read(operation, existing);
      if (found === null) return new providerPb.ReadResponse();
      return new providerPb.ReadResponse()
        .setId(existing.id)
        .setProperties(struct(found.state, secrets))
        .setInputs(struct(found.inputs ?? existing.inputs, inputs.secrets));
    });
  }

  async #update(request: providerPb.UpdateRequest): Promise<providerPb.UpdateResponse> {
    const resource = this.#resource(request);
    const [olds, state, news] = [request.getOldInputs(), request.getOlds(), request.getNews()].map(read) as Three;
    const secrets = [...news.secrets, ...secretOutputs(resource)];
    return this.#operate(request, request.getPreview(), [olds, state, news], secrets, async (operation) => {
      const args = { id: request.getId(), olds: olds.values, news: news.values, state: state.values };
      return new providerPb.UpdateResponse().setProperties(struct(await resource.update(operation, args), secrets));
    });
  }

  async #delete(request: providerPb.DeleteRequest): Promise<emptyPb.Empty> {
    const resource = this.#resource(request);
    const [state, inputs] = [read(request.getProperties()), read(request.getOldInputs())];
    return this.#operate(request, false, [state, inputs], [], async (operation) => {
      await resource.delete(operation, { id: request.getId(), state: state.values, inputs: inputs.values });
      return new emptyPb.Empty();
    });
  }

  #resource(request: ResourceRequest): Resource {
    const token = request.getType() || (request.getUrn().split('::')[2]?.split('$').at(-1) ?? '');
    if (this.#resources === undefined) throw new Error(`${this.#provider.name} has not been configured`);
    const resource = this.#resources.get(token);
    if (resource !== undefined) return resource;
    throw new Error(`no resource type "${token}"; known: ${[...this.#resources.keys()].sort().join(', ')}`);
  }

  async #operate<T>(
    request: ResourceRequest,
    preview: boolean,
    known: readonly Decoded[],
    secrets: readonly Path[],
    work: (operation: Operation) => Promise<T>,
  ): Promise<T> {
    const urn = request.getUrn();
    return masked(known, async (mask) => {
      const log: Operation['log'] = (severity, message, { ephemeral = false } = {}) => {
        this.#log.write({ urn, severity, message: mask(message), ephemeral });
      };
      try {
        this.#running++;
        this.#cancelled.signal.throwIfAborted();
        return await work({ urn, preview, signal: this.#cancelled.signal, log });
      } catch (error) {
        throw error instanceof InitError ? new HalfMadeError(mask(error.message), error, secrets) : error;
      } finally {
        this.#running--;
        await this.#log.flushed();
      }
    });
  }
}

type Three = [Decoded, Decoded, Decoded];

/** Runs `work`; what it throws has the secrets of `known` masked. */
async function masked<T>(
  known: readonly Decoded[],
  work: (mask: (text: string) => string) => T | Promise<T>,
): Promise<T> {
  const mask = redactor(known);
  try {
    return await work(mask);
  } catch (error) {
    if (error instanceof HalfMadeError) throw error;
    throw new Error(mask(messageOf(error)), { cause: error });
  }
}

function unary<Request, Response>(answer: (request: Request) => Response | Promise<Response>) {
  return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
    Promise.resolve(call.request)
      .then(answer)
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          const details = messageOf(error);
          const metadata = error instanceof HalfMadeError ? error.metadata : new Metadata();
          callback({ code: status.UNKNOWN, details, metadata });
        },
      );
  };
}

function secretOutputs({ secretOutputs = [] }: Resource): Path[] {
  return secretOutputs.map((output) => [output]);
}

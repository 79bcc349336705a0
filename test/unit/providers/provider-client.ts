import { credentials, type ServiceError } from '@grpc/grpc-js';
import { ResourceProviderClient } from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import providerPb from '@pulumi/pulumi/proto/provider_pb.js';
import statusPb from '@pulumi/pulumi/proto/status_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import structPb from 'google-protobuf/google/protobuf/struct_pb.js';
import { ProviderServer, type Provider } from '../../../providers/rpc/index.ts';

/** Values as they stand on the wire: secrets wrapped, unknowns as their marks. */
export type Wire = Record<string, unknown>;

const SECRET_KEY = '4dabf18193072939515e22adb298388d';
export const UNKNOWN_ON_THE_WIRE = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

export function secret(value: unknown): Wire {
  return { [SECRET_KEY]: '1b47061264138c4ac30d75fd1eb44270', value };
}

/** A provider in this process, spoken to as the Pulumi engine does: over gRPC. */
export class ProviderClient {
  readonly #server: ProviderServer;
  readonly #client: ResourceProviderClient;

  private constructor(server: ProviderServer, port: number) {
    this.#server = server;
    this.#client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  }

  static async start(provider: Provider, engineAddress?: string): Promise<ProviderClient> {
    const server = new ProviderServer(provider, engineAddress);
    return new ProviderClient(server, await server.listen());
  }

  close(): void {
    this.#client.close();
    this.#server.close();
  }

  async configure(args: Wire = {}): Promise<providerPb.ConfigureResponse.AsObject> {
    const request = new providerPb.ConfigureRequest().setArgs(struct(args));
    return (await call<providerPb.ConfigureResponse>((done) => this.#client.configure(request, done))).toObject();
  }

  async handshake(): Promise<providerPb.ProviderHandshakeResponse.AsObject> {
    const request = new providerPb.ProviderHandshakeRequest();
    return (
      await call<providerPb.ProviderHandshakeResponse>((done) => this.#client.handshake(request, done))
    ).toObject();
  }

  async schema(): Promise<unknown> {
    const request = new providerPb.GetSchemaRequest();
    const response = await call<providerPb.GetSchemaResponse>((done) => this.#client.getSchema(request, done));
    return JSON.parse(response.getSchema());
  }

  async checkConfig(news: Wire): Promise<Checked> {
    const request = new providerPb.CheckRequest().setNews(struct(news));
    return checked(await call<providerPb.CheckResponse>((done) => this.#client.checkConfig(request, done)));
  }

  async check(type: string, news: Wire, olds: Wire = {}): Promise<Checked> {
    const request = new providerPb.CheckRequest().setUrn(urn(type)).setType(type);
    request.setOlds(struct(olds)).setNews(struct(news)).setRandomseed(new Uint8Array(32).fill(7));
    return checked(await call<providerPb.CheckResponse>((done) => this.#client.check(request, done)));
  }

  async diff(type: string, olds: Wire, news: Wire, state: Wire = olds): Promise<Diffed> {
    const request = new providerPb.DiffRequest().setUrn(urn(type)).setType(type).setId('id');
    request.setOldInputs(struct(olds)).setOlds(struct(state)).setNews(struct(news));
    const response = await call<providerPb.DiffResponse>((done) => this.#client.diff(request, done));
    const kinds = Object.entries(providerPb.PropertyDiff.Kind) as [string, number][];
    return {
      changes: response.getChanges() === providerPb.DiffResponse.DiffChanges.DIFF_SOME,
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
      detailed: Object.fromEntries(
        response
          .getDetaileddiffMap()
          .getEntryList()
          .map(([path]) => {
            const kind = Number(response.getDetaileddiffMap().get(path)?.getKind());
            return [path, kinds.find(([, number]) => number === kind)?.[0] ?? ''];
          }),
      ),
    };
  }

  async create(type: string, inputs: Wire, { preview = false } = {}): Promise<{ id: string; state: Wire }> {
    const request = new providerPb.CreateRequest().setUrn(urn(type)).setType(type);
    request.setProperties(struct(inputs)).setPreview(preview);
    const response = await call<providerPb.CreateResponse>((done) => this.#client.create(request, done));
    return { id: response.getId(), state: response.getProperties()?.toJavaScript() ?? {} };
  }

  async update(
    type: string,
    id: string,
    { olds, state, news, preview = false }: { olds: Wire; state: Wire; news: Wire; preview?: boolean },
  ): Promise<Wire> {
    const request = new providerPb.UpdateRequest().setUrn(urn(type)).setType(type).setId(id).setPreview(preview);
    request.setOldInputs(struct(olds)).setOlds(struct(state)).setNews(struct(news));
    const response = await call<providerPb.UpdateResponse>((done) => this.#client.update(request, done));
    return response.getProperties()?.toJavaScript() ?? {};
  }

  /** Null when the resource is gone. */
  async read(type: string, id: string, state: Wire, inputs: Wire = {}): Promise<{ state: Wire; inputs: Wire } | null> {
    const request = new providerPb.ReadRequest().setUrn(urn(type)).setType(type).setId(id);
    request.setProperties(struct(state)).setInputs(struct(inputs));
    const response = await call<providerPb.ReadResponse>((done) => this.#client.read(request, done));
    if (response.getId() === '') return null;
    return {
      state: response.getProperties()?.toJavaScript() ?? {},
      inputs: response.getInputs()?.toJavaScript() ?? {},
    };
  }

  async delete(type: string, id: string, state: Wire, inputs: Wire = {}): Promise<void> {
    const request = new providerPb.DeleteRequest().setUrn(urn(type)).setType(type).setId(id);
    request.setProperties(struct(state)).setOldInputs(struct(inputs));
    await call<emptyPb.Empty>((done) => this.#client.delete(request, done));
  }

  async invoke(token: string): Promise<void> {
    const request = new providerPb.InvokeRequest().setTok(token);
    await call<providerPb.InvokeResponse>((done) => this.#client.invoke(request, done));
  }

  async cancel(): Promise<void> {
    await call<emptyPb.Empty>((done) => this.#client.cancel(new emptyPb.Empty(), done));
  }
}

export interface Checked {
  readonly inputs: Wire;
  readonly failures: readonly { property: string; reason: string }[];
}

export interface Diffed {
  readonly changes: boolean;
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
  /** Path → kind, e.g. `UPDATE_REPLACE`. */
  readonly detailed: Readonly<Record<string, string>>;
}

/** What an error says about a resource that is half made; undefined for an ordinary error. */
export function halfMade(error: unknown): { id: string; state: Wire; reasons: string[] } | undefined {
  const [packed] = (error as ServiceError).metadata.get('grpc-status-details-bin');
  if (packed === undefined) return undefined;
  const [detail] = statusPb.Status.deserializeBinary(Buffer.from(packed)).getDetailsList();
  const failed = detail?.unpack(
    (bytes) => providerPb.ErrorResourceInitFailed.deserializeBinary(bytes),
    'pulumirpc.ErrorResourceInitFailed',
  );
  if (!failed) return undefined;
  return {
    id: failed.getId(),
    state: failed.getProperties()?.toJavaScript() ?? {},
    reasons: failed.getReasonsList(),
  };
}

export function urn(type: string): string {
  return `urn:pulumi:test::project::${type}::name`;
}

function call<T>(start: (done: (error: ServiceError | null, response: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, response) => {
      if (error) reject(error);
      else resolve(response);
    });
  });
}

function struct(wire: Wire): structPb.Struct {
  return structPb.Struct.fromJavaScript(wire as Record<string, structPb.JavaScriptValue>);
}

function checked(response: providerPb.CheckResponse): Checked {
  return {
    inputs: response.getInputs()?.toJavaScript() ?? {},
    failures: response.getFailuresList().map((one) => ({ property: one.getProperty(), reason: one.getReason() })),
  };
}

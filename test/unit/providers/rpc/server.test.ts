import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import { EngineService } from '@pulumi/pulumi/proto/engine_grpc_pb.js';
import type enginePb from '@pulumi/pulumi/proto/engine_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import { z } from 'zod';
import {
  diffValues,
  failures,
  InitError,
  UNKNOWN,
  type Operation,
  type Provider,
  type Resource,
  type Values,
} from '../../../../providers/rpc/index.ts';
import { halfMade, ProviderClient, secret, UNKNOWN_ON_THE_WIRE, urn } from '../provider-client.ts';

const TYPE = 'test:index:Thing';
const INPUTS = z.strictObject({
  name: z.string(),
  count: z.number().optional(),
  env: z.record(z.string(), z.string()).optional(),
  list: z.array(z.string()).optional(),
});

let configured: unknown;
let seen: Values[] = [];
/** What create, update, read and delete do in the test at hand. */
let act: (operation: Operation, inputs: Values) => Values | null | Promise<Values | null>;

const thing: Resource = {
  token: TYPE,
  secretOutputs: ['password'],
  check: ({ inputs, olds, seed }) => ({
    inputs: { ...inputs, seeded: seed.length, before: olds?.['name'] ?? 'none' },
    failures: failures(INPUTS, inputs),
  }),
  diff: ({ olds, news }) => ({ changes: diffValues(olds, news, ['name']), deleteBeforeReplace: true }),
  create: async (operation, inputs) => {
    seen.push(inputs);
    return { id: 'made', state: (await act(operation, inputs)) ?? {} };
  },
  read: async (operation, { state }) => {
    const found = await act(operation, state);
    return found === null ? null : { state: found };
  },
  update: async (operation, { news }) => (await act(operation, news)) ?? {},
  delete: async (operation, { state }) => {
    await act(operation, state);
  },
};

const provider: Provider = {
  name: 'test',
  version: '1.2.3',
  config: z.strictObject({ host: z.string().optional(), options: z.array(z.string()).optional() }),
  configure: (config) => {
    configured = config;
    return [thing];
  },
};

let client: ProviderClient;
let engine: FakeEngine;

beforeEach(async () => {
  seen = [];
  act = (_, inputs) => inputs;
  engine = await FakeEngine.start();
  client = await ProviderClient.start(provider, engine.address);
});

afterEach(() => {
  client.close();
  engine.close();
});

describe('configuration', () => {
  test('reaches the implementation as the schema gives it, nested parts also as JSON text, without Pulumi’s own keys', async () => {
    await client.configure({
      host: 'unix:///x',
      options: '["a","b"]',
      version: '1.0.0',
      pluginDownloadURL: 'http://x',
    });
    expect(configured).toEqual({ host: 'unix:///x', options: ['a', 'b'] });
    await client.configure({ options: ['c'] });
    expect(configured).toEqual({ options: ['c'] });
  });

  test('text that happens to be JSON stays text where text is wanted', async () => {
    await client.configure({ host: '5' });
    expect(configured).toEqual({ host: '5' });
  });

  test('every failure is told at once', async () => {
    const { failures: told } = await client.checkConfig({ hots: 'x', options: '{}' });
    expect(told.map(({ property }) => property).sort()).toEqual(['hots', 'options']);
    await expect(client.configure({ hots: 'x', options: '{}' })).rejects.toThrow(
      /options: .*\n?.*hots|hots: .*\n.*options/,
    );
  });

  test('secrets are accepted, previews supported, a schema exists', async () => {
    expect(await client.configure()).toMatchObject({
      acceptsecrets: true,
      supportspreview: true,
      acceptresources: false,
    });
    expect(await client.handshake()).toMatchObject({ acceptSecrets: true, acceptResources: false });
    expect(await client.schema()).toEqual({ name: 'test', version: '1.2.3' });
  });

  test('an operation before it is an error, not a crash', async () => {
    await expect(client.create(TYPE, { name: 'a' })).rejects.toThrow('test has not been configured');
  });
});

describe('check', () => {
  beforeEach(() => client.configure());

  test('tells every failure at once, and names each input that is not known', async () => {
    const { failures: told } = await client.check(TYPE, { count: 'x', nmae: 'a', env: { a: 1 } });
    expect(Object.fromEntries(told.map(({ property, reason }) => [property, reason]))).toEqual({
      name: 'missing; accepted: string',
      count: expect.stringContaining('expected number'),
      'env.a': expect.stringContaining('expected string'),
      nmae: 'there is no such input, or this provider does not implement it',
    });
  });

  test('lets pass what is not known yet, at any depth', async () => {
    const inputs = { name: UNKNOWN_ON_THE_WIRE, count: UNKNOWN_ON_THE_WIRE, env: { a: UNKNOWN_ON_THE_WIRE } };
    expect(await client.check(TYPE, inputs)).toMatchObject({ failures: [], inputs });
  });

  test('keeps secrets secret, and gives old inputs and random bytes', async () => {
    const { inputs } = await client.check(
      TYPE,
      { name: 'a', env: { a: secret('hidden'), b: 'seen' } },
      { name: 'old' },
    );
    expect(inputs).toEqual({ name: 'a', env: { a: secret('hidden'), b: 'seen' }, seeded: 32, before: 'old' });
    expect((await client.check(TYPE, { name: 'a' })).inputs).toMatchObject({ before: 'none' });
  });

  test('an unknown type is an error that names the known ones', async () => {
    await expect(client.check('test:index:Other', {})).rejects.toThrow(
      'no resource type "test:index:Other"; known: test:index:Thing',
    );
  });
});

describe('diff', () => {
  beforeEach(() => client.configure());

  test('names each changed value by its path and tells what replaces', async () => {
    const olds = { name: 'a', count: 1, env: { 'a.b': '1', gone: 'x' }, list: ['x'] };
    const news = { name: 'b', env: { 'a.b': '2' }, list: ['x', 'y'] };
    expect(await client.diff(TYPE, olds, news)).toEqual({
      changes: true,
      replaces: ['name'],
      deleteBeforeReplace: true,
      detailed: {
        name: 'UPDATE_REPLACE',
        count: 'DELETE',
        'env["a.b"]': 'UPDATE',
        'env.gone': 'DELETE',
        'list[1]': 'ADD',
      },
    });
  });

  test('finds no change in equal inputs, secret or not, null or absent', async () => {
    const same = await client.diff(
      TYPE,
      { name: secret('a'), count: null, env: { a: '1' } },
      { name: 'a', env: { a: '1' } },
    );
    expect(same).toMatchObject({ changes: false, detailed: {} });
  });

  test('takes what is not known yet for a change', async () => {
    const diff = await client.diff(TYPE, { name: 'a', count: 1 }, { name: 'a', count: UNKNOWN_ON_THE_WIRE });
    expect(diff).toMatchObject({ changes: true, replaces: [], detailed: { count: 'UPDATE' } });
  });
});

describe('operations', () => {
  beforeEach(() => client.configure());

  test('get secrets unwrapped, and mark what was secret, and secret outputs, in the state', async () => {
    act = () => ({ name: 'a', env: { a: 'hidden', b: 'seen' }, password: 'generated', list: ['new', 'hidden'] });
    const inputs = { name: 'a', env: { a: secret('hidden'), b: 'seen' }, list: [secret('hidden'), 'x'] };
    const { id, state } = await client.create(TYPE, inputs);
    expect(seen).toEqual([{ name: 'a', env: { a: 'hidden', b: 'seen' }, list: ['hidden', 'x'] }]);
    expect(id).toBe('made');
    expect(state).toEqual({
      name: 'a',
      env: { a: secret('hidden'), b: 'seen' },
      password: secret('generated'),
      list: secret(['new', 'hidden']), // Items may have moved, so the list as a whole.
    });
  });

  test('mark the nearest part that is left where the secret value itself is gone', async () => {
    act = () => ({ env: { other: 'derived from hidden' } });
    const { state } = await client.create(TYPE, { env: { a: secret('hidden') } });
    expect(state).toEqual({ env: secret({ other: 'derived from hidden' }) });
  });

  test('know that they are a preview, get unknowns and may answer with them', async () => {
    act = (operation) => ({ preview: operation.preview, output: UNKNOWN });
    const created = await client.create(TYPE, { name: UNKNOWN_ON_THE_WIRE }, { preview: true });
    expect(created).toEqual({ id: '', state: { preview: true, output: UNKNOWN_ON_THE_WIRE } });
    expect(seen).toEqual([{ name: UNKNOWN }]);
    const updated = await client.update(TYPE, 'id', { olds: {}, state: {}, news: {}, preview: true });
    expect(updated).toEqual({ preview: true, output: UNKNOWN_ON_THE_WIRE });
  });

  test('never let a secret into an error', async () => {
    act = (_, inputs) => {
      throw new Error(`refused ${JSON.stringify(inputs)} (line two)`);
    };
    const inputs = { name: 'plain', env: { a: secret('s3cr3t'), key: secret('---\nline two\n---') } };
    const error = await client.create(TYPE, inputs).then(String, String);
    expect(error).toContain('"name":"plain"');
    expect(error).not.toMatch(/s3cr3t|line two/);
  });

  test('a half-made resource is reported with its id and state, secrets marked, so that it is not lost', async () => {
    act = () => {
      throw new InitError('made, but never started (s3cr3t)', 'half', { name: 'a', password: 'generated' });
    };
    const inputs = { name: 'a', env: { a: secret('s3cr3t') } };
    const error = await client.create(TYPE, inputs).catch((thrown: unknown) => thrown);
    expect(halfMade(error)).toEqual({
      id: 'half',
      state: { name: 'a', password: secret('generated') },
      reasons: ['made, but never started ([secret])'],
    });
  });

  test('a resource that is gone reads as gone; one that is there keeps its inputs', async () => {
    expect(await client.read(TYPE, 'id', { name: 'a' }, { name: secret('a') })).toEqual({
      state: { name: secret('a') },
      inputs: { name: secret('a') },
    });
    act = () => null;
    expect(await client.read(TYPE, 'id', {})).toBeNull();
  });

  test('log to the engine: in order, under the urn, secrets masked, all before the operation ends', async () => {
    act = (operation, inputs) => {
      operation.log('info', 'waiting', { ephemeral: true });
      operation.log('warning', `slow: ${JSON.stringify(inputs)}`);
      return {};
    };
    await client.create(TYPE, { name: secret('s3cr3t') });
    expect(engine.lines).toEqual([
      { urn: urn(TYPE), severity: 1, message: 'waiting', ephemeral: true },
      { urn: urn(TYPE), severity: 2, message: 'slow: {"name":"[secret]"}', ephemeral: false },
    ]);
  });

  test('are aborted by a cancel, and none begins after it', async () => {
    let started: (() => void) | undefined;
    const running = new Promise<void>((resolve) => (started = resolve));
    act = ({ signal }) =>
      new Promise((_, reject) => {
        started?.();
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    const created = client.create(TYPE, { name: 'a' }).catch((thrown: unknown) => String(thrown));
    await running;
    await client.cancel();
    expect(await created).toContain('interrupted');
    await expect(client.delete(TYPE, 'id', {})).rejects.toThrow('interrupted');
  });

  test('functions are an error that names them', async () => {
    await expect(client.invoke('test:index:f')).rejects.toThrow('test has no function test:index:f');
  });
});

/** The part of the Pulumi engine that takes a plugin's log lines. */
class FakeEngine {
  readonly lines: enginePb.LogRequest.AsObject[] = [];
  readonly #server = new Server();
  address = '';

  static async start(): Promise<FakeEngine> {
    const engine = new FakeEngine();
    engine.#server.addService(EngineService, {
      log: (call: ServerUnaryCall<enginePb.LogRequest, emptyPb.Empty>, done: sendUnaryData<emptyPb.Empty>) => {
        const { urn, severity, message, ephemeral } = call.request.toObject();
        engine.lines.push({ urn, severity, message, ephemeral } as enginePb.LogRequest.AsObject);
        done(null, new emptyPb.Empty());
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      engine.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
        if (error) reject(error);
        else resolve(bound);
      });
    });
    engine.address = `127.0.0.1:${port}`;
    return engine;
  }

  close(): void {
    this.#server.forceShutdown();
  }
}

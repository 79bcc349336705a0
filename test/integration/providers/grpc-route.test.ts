import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { build } from 'esbuild';
import { join } from 'node:path';
import { z } from 'zod';
import { proxyService } from '../../../config/nginx/directives.ts';
import { plainProxy } from '../../../config/nginx/plain.ts';
import { plainText } from '../../../providers/slipway/host/logs.ts';
import { slipwayProvider } from '../../../providers/slipway/provider.ts';
import { ProviderClient, type Wire } from '../../unit/providers/provider-client.ts';
import { Bed } from '../images/bed.ts';
import { eventually } from '../support/eventually.ts';
import { READY_CHECK, Scratch } from './scratch.ts';

/*
 * A service that speaks gRPC behind an nginx as it is generated, and released under load: clients hold one connection to
 * nginx each, and no call fails.
 */

jest.setTimeout(240_000);

const TYPE = 'slipway:index:Replica';
const PORT = 8080;
const Tally = z.object({ answered: z.record(z.string(), z.number()), failed: z.record(z.string(), z.number()) });

const scratch = new Scratch();
const bed = new Bed();
const { edge = { folder: '', upstreams: {}, reload: [] }, files = {} } = proxyService(
  plainProxy({
    ...{ port: PORT, workers: 2, connections: 512 },
    routes: [{ prefix: '/echo.v1.', to: { service: 'echo', port: 9000, grpc: true } }],
  }),
);
const lists = `${scratch.name}-lists`;
let client: ProviderClient;
let home: string;
let door: string;
let images: { readonly nginx: string; readonly workload: string };
let volumes: { readonly config: string; readonly program: string };

beforeAll(async () => {
  client = await ProviderClient.start(slipwayProvider);
  await client.configure();
  [home, door] = await Promise.all([scratch.network('home'), scratch.network('door')]);
  await scratch.docker.createVolume({ Name: lists, Labels: scratch.labels() });
  const [nginx, workload] = [await bed.build('nginx'), await bed.build('workload')];
  images = { nginx, workload };
  const bundle = await build({
    ...{ entryPoints: [join(import.meta.dirname, 'grpc/echo.ts')], bundle: true, write: false },
    ...{ platform: 'node', format: 'cjs', target: 'node20' },
  });
  const [config = { content: '' }] = Object.values(files);
  volumes = {
    config: await bed.volume('config', nginx, 101, { 'nginx.conf': config.content }),
    program: await bed.volume('program', workload, 0, { 'echo.cjs': bundle.outputFiles[0]?.text ?? '' }),
  };
});

afterAll(async () => {
  client.close();
  await scratch.dispose();
  await bed.end();
});

function program(args: string, network: string, labels: Record<string, string> = {}): Promise<string> {
  return scratch.run(`exec node /program/echo.cjs ${args}`, {
    ...{ Image: images.workload, User: '0', Labels: labels },
    HostConfig: { NetworkMode: network, Binds: [`${volumes.program}:/program:ro`] },
    ...(args.startsWith('serve') && { Healthcheck: { ...READY_CHECK, Retries: 100 } }),
  });
}

function replica(number: number): Promise<string> {
  return program('serve 9000', home, {
    ...{ 'slipway.kind': 'service', 'slipway.service': 'echo', 'slipway.replica': String(number) },
  });
}

function inputs(number: number, container: string): Wire {
  const route = {
    ...{ volume: lists, file: 'echo.conf', list: edge.upstreams['echo'] ?? '' },
    ...{ reload: edge.reload, drained: edge.drained ?? [] },
  };
  return {
    ...{ service: 'echo', replica: number, container, networks: { [door]: ['echo'] }, routes: [route] },
    ...{ healthTimeoutMs: 60_000, drainMs: 3000, stopGraceMs: 5000, hasHealthcheck: true },
  };
}

test('two releases of a service that speaks gRPC fail no call that comes through nginx', async () => {
  const released = await Promise.all(
    [1, 2].map(async (number) => {
      const container = await replica(number);
      return { number, container, ...(await client.create(TYPE, inputs(number, container))) };
    }),
  );
  const nginx = await scratch.run('exec nginx -c /etc/nginx/proxy/nginx.conf -g "daemon off;"', {
    ...{ Image: images.nginx, User: '101:101' },
    HostConfig: { NetworkMode: door, Binds: [`${volumes.config}:/etc/nginx/proxy:ro`, `${lists}:${edge.folder}:ro`] },
    NetworkingConfig: { EndpointsConfig: { [door]: { Aliases: ['proxy'] } } },
  });
  await eventually(async () => {
    expect((await scratch.exec(nginx, ['/usr/local/bin/healthcheck', 'http', '8081', '/health'])).code).toBe(0);
  });
  const caller = scratch.docker.getContainer(await program(`call proxy:${PORT}`, door));
  const current = new Map(released.map((each) => [each.number, each]));
  for (const number of [1, 2, 1, 2]) {
    const before = current.get(number);
    if (!before) throw new Error('there are two');
    const container = await replica(number);
    const state = await client.update(TYPE, before.id, {
      ...{ olds: inputs(number, before.container), state: before.state, news: inputs(number, container) },
    });
    expect((await scratch.inspect(before.container)).State).toMatchObject({ Running: false, ExitCode: 0 });
    current.set(number, { ...before, container, state });
  }
  await caller.stop({ t: 20 });
  const log = plainText(await caller.logs({ follow: false, stdout: true, stderr: true }));
  const { answered, failed } = Tally.parse(JSON.parse(log));
  expect(failed).toEqual({});
  // Every replica that has ever been let in has answered.
  expect(Object.keys(answered)).toHaveLength(6);
  expect(Object.values(answered).reduce((sum, calls) => sum + calls, 0)).toBeGreaterThan(200);
});

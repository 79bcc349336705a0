import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { execa } from 'execa';
import pg from 'pg';
import { exits } from '../support/answer.ts';
import { eventually } from '../support/eventually.ts';
import { freePorts } from '../support/free-ports.ts';
import { TestStack, type Settings } from '../support/test-stack.ts';
import { belongings, published, shared, untouchable } from './neighbours.ts';

/*
 * Orchestrator in test, with nginx in front, beside its stores in dev and beside Luminai in two environments: a run that a
 * person approves, told over a WebSocket through the edge; then a database that somebody else runs. The tests go through
 * these stacks, in order.
 */

jest.setTimeout(180_000);

const PASSWORD = 'somebody-elses-password';
const stack = new TestStack('orch');
const base: Settings = { system: 'orchestrator', environment: 'test', profiles: ['production'] };
/** What a developer has whose services run from the editor. */
const dev = new TestStack('orch-dev');
const STORES = ['--only', 'postgres,redis'];
let devBase: Settings;
const visited = new TestStack('lumi-test');
const visitedDev = new TestStack('lumi-dev');
const stacks = [stack, dev, visited, visitedDev];
const database = `${stack.name}-elsewhere`;

afterAll(async () => {
  await execa('docker', ['rm', '-f', '-v', database], { env: stack.env, reject: false });
  for (const each of stacks) await each.dispose();
}, 120_000);

async function call(method: string, url: string, body?: object): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return (await response.json()) as Record<string, unknown>;
}

/** How many of a service run. */
async function replicas(service: string): Promise<number> {
  return (await stack.containers(service)).filter(({ State }) => State === 'running').length;
}

/** What runs, by service: a touched one would be another. */
async function running(): Promise<string[]> {
  return (await stack.containers()).filter(({ State }) => State === 'running').map(({ Id }) => Id);
}

/** Networks and containers of the check. */
async function leftByChecks(): Promise<number> {
  const filters = { label: ['slipway.kind=reach'] };
  const left = [
    await stack.docker.listNetworks({ filters }),
    await stack.docker.listContainers({ all: true, filters }),
  ];
  return left.flat().length;
}

describe('two systems in two environments each', () => {
  test('come up at once, each proven by work or by its stores, with nothing of the host in common', async () => {
    const [postgres, redis, api, sockets] = await freePorts(4);
    devBase = {
      ...{ system: 'orchestrator', environment: 'dev' },
      ports: { postgres, redis, orchestrator: api, fanout: sockets },
    };
    const free = { nginx: { http: 'free', https: 'free' }, database: 'free', redis: 'free' };
    stack.configure(base);
    dev.configure(devBase);
    visited.configure({ system: 'luminai', environment: 'test' });
    visitedDev.configure({ system: 'luminai', environment: 'dev', ports: free });
    const ups = await Promise.all(stacks.map((each) => each.slipway('up', '--yes', ...(each === dev ? STORES : []))));
    for (const up of ups) exits(up, 0);
    const [run, , ...visits] = ups.map(({ all }) => all);
    expect(run).toMatch(/orchestrator +is told so over a WebSocket/);
    for (const visit of visits) expect(visit).toMatch(/nginx +finds it without accents/);

    const all = await Promise.all(stacks.map(belongings));
    for (const one of all) expect(Object.entries(one).filter(([, { length }]) => length === 0)).toEqual([]);
    expect(shared(all)).toEqual([]);
  }, 400_000);

  test('have nothing left to do, and their ports are those that an export publishes', async () => {
    for (const each of [stack, visited]) exits(await each.slipway('preview', '--expect-no-changes'), 0);
    const folder = mkdtempSync(join(tmpdir(), 'slipway-side-by-side-'));
    try {
      exits(await visited.slipway('export', 'compose', '--output', join(folder, 'out')), 0);
      const https = await published(visited, 'nginx', 443);
      expect(readFileSync(join(folder, 'out/compose.yaml'), 'utf8')).toContain(`${https}:443`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('dev', () => {
  test('with its stores alone lets in services that run from the editor, with no key of the model anywhere', async () => {
    expect((await dev.containers()).map(({ Labels }) => Labels['slipway.service'])).toEqual(['postgres', 'redis']);
    const { postgres, redis } = devBase['ports'] as Record<string, number>;
    const of = async (name: string): Promise<string> =>
      exits(await dev.secrets(['get', name, '--reveal']), 0).stdout.trimEnd();
    const login = { user: 'orchestrator', database: 'orchestrator', password: await of('POSTGRES_PASSWORD') };
    const client = new pg.Client({ host: '127.0.0.1', port: postgres, ...login });
    await client.connect();
    const { rows } = await client.query("SELECT to_regclass('open_runs')::text AS found");
    await client.end();
    expect(rows).toEqual([{ found: 'open_runs' }]);

    const socket = connect(redis ?? 0, '127.0.0.1');
    socket.end(`AUTH ${await of('REDIS_PASSWORD')}\r\nPING\r\nQUIT\r\n`);
    let answer = '';
    for await (const chunk of socket as AsyncIterable<Buffer>) answer += chunk.toString();
    expect(answer).toMatch(/^\+OK\r\n\+PONG\r\n/);
  });

  test('asks for the key once agent-runner is to run, takes none that can’t be one, and needs none without it', async () => {
    const before = await untouchable(dev);
    const missing = exits(await dev.slipway('up', '--yes'), 2);
    expect(missing.all).toContain(
      'secrets:OPENAI_API_KEY: has no value, and none is generated for it; agent-runner gets it',
    );
    const malformed = 'sk-mal';
    exits(await dev.secrets(['set', 'OPENAI_API_KEY'], malformed), 2);
    exits(await dev.pulumi('config', 'set', '--secret', 'secrets:OPENAI_API_KEY', malformed), 0);
    const { all } = exits(await dev.slipway('up', '--yes'), 1);
    expect(all).toContain('secrets:OPENAI_API_KEY: is too short');
    expect(all).not.toContain(malformed);
    exits(await dev.pulumi('config', 'rm', 'secrets:OPENAI_API_KEY'), 0);

    dev.configure({ ...devBase, variants: ['without-agents'] });
    const without = exits(await dev.slipway('preview'), 0).all;
    expect(without).toMatch(/^orchestrator +/m);
    expect(without).not.toMatch(/^agent-runner +/m);
    dev.configure(devBase);
    exits(await dev.secrets(['set', 'OPENAI_API_KEY'], `sk-${'k'.repeat(40)}`), 0);
    expect(exits(await dev.slipway('preview'), 0).all).toMatch(/^agent-runner +/m);
    expect(await untouchable(dev)).toEqual(before);
  });
});

test('neighbours go one by one, the others untouched', async () => {
  const left = [...stacks];
  for (const leaving of [dev, visitedDev]) {
    left.splice(left.indexOf(leaving), 1);
    const before = await Promise.all(left.map(untouchable));
    exits(await leaving.slipway('down', '--volumes', '--yes'), 0);
    expect([await leaving.containers(), await leaving.networks(), await leaving.volumes()]).toEqual([[], [], []]);
    expect(await Promise.all(left.map(untouchable))).toEqual(before);
  }
  exits(await visited.slipway('smoke'), 0);
  exits(await visited.slipway('down', '--volumes', '--yes'), 0);
});

describe('up', () => {
  test('runs PostgreSQL 15, and its nine migration files in order, at the first boot', async () => {
    const [postgres] = await stack.containers('postgres');
    const Id = postgres?.Id ?? '';
    const ask = async (query: string): Promise<string> => {
      const psql = ['psql', '-XAtqc', query, '-U', 'orchestrator', '-d', 'orchestrator_test'];
      return (await execa('docker', ['exec', Id, ...psql], { env: stack.env })).stdout;
    };
    expect(await ask('SHOW server_version_num')).toMatch(/^15/);
    expect(await ask("SELECT count(*) FROM pg_class WHERE relname IN ('workflow_versions', 'open_runs')")).toBe('2');
    const { all } = await execa('docker', ['logs', Id], { env: stack.env, all: true });
    const ran = [...all.matchAll(/(\d{3})_\w+\.sql/g)].map(([, number]) => number);
    expect([...new Set(ran)]).toEqual(['001', '002', '003', '004', '005', '006', '007', '008', '009']);
  });

  test('gives the key of the model to agent-runner and its stand-in alone', async () => {
    const containers = await stack.containers();
    const holders = await Promise.all(
      containers.map(async ({ Id, Labels }) => {
        const { Config } = await stack.docker.getContainer(Id).inspect();
        return Config.Env.some((line) => line.startsWith('OPENAI_API_KEY')) ? [Labels['slipway.service']] : [];
      }),
    );
    expect([...new Set(holders.flat())]).toEqual(['agent-runner', 'model-api']);
  });
});

test('a WebSocket through the edge goes on while others are scaled and replaced', async () => {
  const edge = await published(stack, 'nginx', 80);
  const { id } = await call('POST', `http://${edge}/api/v1/runs`, { steps: ['http', 'approval', 'agent'] });
  const run = `http://${edge}/api/v1/runs/${String(id)}`;
  const socket = new WebSocket(`ws://${edge}/ws?run=${String(id)}`);
  const told: string[] = [];
  let closed = 0;
  socket.addEventListener('message', ({ data }) => told.push((JSON.parse(String(data)) as { event: string }).event));
  socket.addEventListener('close', () => (closed += 1));
  try {
    await eventually(() => {
      expect(told).toContain('approval waiting');
    });
    exits(await stack.slipway('scale', 'http-worker=3', 'agent-runner=1', '--skip-smoke'), 0);
    expect(await Promise.all(['http-worker', 'agent-runner'].map(replicas))).toEqual([3, 1]);
    exits(await stack.slipway('restart', 'orchestrator', 'http-worker'), 0);
    await call('POST', `${run}/decision`, { approved: true });
    await eventually(() => {
      expect(told).toEqual(['began', 'http done', 'approval waiting', 'approval done', 'agent done', 'ended']);
    });
    expect(closed).toBe(0);
    expect(await call('GET', run)).toMatchObject({ state: 'completed' });
  } finally {
    socket.close();
  }
});

describe('refuses, and touches nothing:', () => {
  async function refused(settings: Settings): Promise<string> {
    const before = await running();
    stack.configure({ ...base, ...settings });
    const { exitCode, all } = await stack.slipway('up', '--yes');
    expect([exitCode, all]).toEqual([expect.any(Number), expect.any(String)]);
    expect(exitCode).not.toBe(0);
    expect(await running()).toEqual(before);
    expect(all).not.toContain(PASSWORD);
    return all;
  }

  test('a port that a PostgreSQL of the host has', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      const text = await refused({ ports: { postgres: port } });
      expect(text).toMatch(
        new RegExp(`slipway:ports\\.postgres\\.postgres: port ${port} on 127\\.0\\.0\\.1 is taken by `),
      );
    } finally {
      other.close();
    }
  });

  test('a database elsewhere that is not there, or takes another password', async () => {
    const [port = 0, nobody = 0] = await freePorts(2);
    const [postgres] = await stack.containers('postgres');
    const Image = postgres?.Image ?? '';
    const variables = ['POSTGRES_USER=orchestrator', 'POSTGRES_DB=orchestrator_test', `POSTGRES_PASSWORD=${PASSWORD}`];
    const run = [
      'run',
      '-d',
      '--name',
      database,
      '-p',
      `0.0.0.0:${port}:5432`,
      ...variables.flatMap((each) => ['-e', each]),
    ];
    await execa('docker', [...run, Image], { env: stack.env });
    const { IPAM } = await stack.docker.getNetwork('bridge').inspect();
    const host = (IPAM?.Config as { Gateway: string }[] | undefined)?.[0]?.Gateway ?? '';
    const at = (where: object): Settings => ({
      services: { postgres: { external: { host, sslmode: 'disable', ...where } } },
    });
    const ready = ['exec', database, 'pg_isready', '-q', '-h', '127.0.0.1'];
    await eventually(async () => {
      await execa('docker', ready, { env: stack.env });
    });
    stack.configure({ ...base, ...at({ port }) });
    exits(await stack.secrets(['set', 'POSTGRES_PASSWORD'], 'another-password-of-nobody'), 0);

    expect(await refused(at({ port: nobody }))).toContain(`nobody listens at ${host}:${nobody}: Connection refused`);
    expect(await refused(at({ port, sslmode: 'require' }))).toContain(`${host}:${port} speaks no TLS`);
    const text = await refused(at({ port }));
    expect(text).toContain(`secrets:POSTGRES_PASSWORD: ${host}:${port} does not let orchestrator in: password auth`);
    expect(text).not.toContain('another-password-of-nobody');
    expect(await leftByChecks()).toBe(0);

    stack.configure({ ...base, ...at({ port }), profiles: ['production', 'migrate'] });
    exits(await stack.secrets(['set', 'POSTGRES_PASSWORD'], PASSWORD), 0);
  });
});

describe('a database that somebody else runs', () => {
  test('is gone over to: migrated by the job, proven by a run, without a container here', async () => {
    const { all } = exits(await stack.slipway('up', '--yes'), 0);
    expect(all).toMatch(/orchestrator +sees it completed/);
    expect(await stack.containers('postgres')).toEqual([]);
    const query = 'SELECT count(*) FROM migrations';
    const psql = ['exec', database, 'psql', '-XAtqc', query, '-U', 'orchestrator', '-d', 'orchestrator_test'];
    expect((await execa('docker', psql, { env: stack.env })).stdout).toBe('9');
  });

  test('is told of where commands are asked after it', async () => {
    expect(exits(await stack.slipway('status'), 0).all).toMatch(/postgres +external .*:\d+/);
    expect(exits(await stack.slipway('logs', 'postgres'), 2).all).toMatch(
      /postgres is external, at .*: somebody else runs it/,
    );
    exits(await stack.slipway('drift'), 0);
  });
});

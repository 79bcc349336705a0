import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { execa } from 'execa';
import { exits } from '../support/answer.ts';
import { eventually } from '../support/eventually.ts';
import { freePorts } from '../support/free-ports.ts';
import { TestStack, type Settings } from '../support/test-stack.ts';

/*
 * Orchestrator in test, with nginx in front: a run that a person approves, told over a WebSocket through the edge; then a
 * database that somebody else runs. The tests go through one stack, in order.
 */

jest.setTimeout(180_000);

const PASSWORD = 'somebody-elses-password';
const stack = new TestStack('orchestrator');
const base: Settings = { system: 'orchestrator', environment: 'test', profiles: ['production'] };
const database = `${stack.name}-elsewhere`;

afterAll(async () => {
  await execa('docker', ['rm', '-f', '-v', database], { env: stack.env, reject: false });
  await stack.slipway('down', '--volumes', '--yes');
  await stack.dispose();
}, 120_000);

/** Where a port of a container of the stack is published. */
async function published(service: string, inside: number): Promise<string> {
  const [container] = await stack.containers(service);
  return `127.0.0.1:${container?.Ports.find((port) => port.PrivatePort === inside)?.PublicPort ?? 0}`;
}

async function call(method: string, url: string, body?: object): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return (await response.json()) as Record<string, unknown>;
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

describe('up', () => {
  test('brings it up, proven by a run that is approved and told over a WebSocket', async () => {
    stack.configure(base);
    const { all } = exits(await stack.slipway('up', '--yes'), 0);
    expect(all).toMatch(/orchestrator +is told so over a WebSocket/);
    exits(await stack.slipway('preview', '--expect-no-changes'), 0);
  }, 300_000);

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

test('a WebSocket through the edge goes on while another service is replaced', async () => {
  const edge = await published('nginx', 80);
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

  test('no key of the model', async () => {
    const text = await refused({ environment: 'dev', ports: {} });
    expect(text).toContain('secrets:OPENAI_API_KEY: has no value, and none is generated for it; agent-runner gets it');
  });

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

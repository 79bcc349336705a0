import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import { z } from 'zod';
import { exits } from '../support/answer.ts';
import { eventually } from '../support/eventually.ts';
import { freePorts } from '../support/free-ports.ts';
import { TestStack, type Settings } from '../support/test-stack.ts';

/*
 * All of LinkFlow, every profile on, through the real command and the proxy: each service is seen to do its work, then
 * what the profiles turned on goes again.
 */

const CORE = ['api', 'frontend', 'history', 'matching', 'postgres', 'queue', 'redis', 'timer', 'visibility', 'worker'];
const PROFILES = {
  control: 'control-plane',
  edge: 'edge',
  migrate: 'migrate',
  production: 'nginx',
  scheduler: 'scheduler',
};

const execution = z.looseObject({
  id: z.string(),
  state: z.string(),
  trail: z.array(z.object({ service: z.string(), event: z.string(), ms: z.number(), replica: z.string() }).loose()),
});
type Execution = z.infer<typeof execution>;
const listed = z.object({ executions: z.array(z.looseObject({ id: z.string(), state: z.string() })) });
const counts = z.object({ syncedAt: z.string(), byState: z.record(z.string(), z.number()) });

const stack = new TestStack('whole');
let settings: Settings;
let proxy: string;

beforeAll(async () => {
  const [proxyPort, apiPort, frontendPort, grpcPort, postgresPort, redisPort] = await freePorts(6);
  proxy = `http://127.0.0.1:${proxyPort ?? 0}`;
  settings = {
    system: 'linkflow',
    environment: 'dev',
    profiles: Object.keys(PROFILES),
    // Its own 30 s are too long for a test to wait.
    services: { edge: { env: { SYNC_INTERVAL: '1s' } } },
    ports: {
      nginx: { http: proxyPort },
      api: apiPort,
      frontend: { http: frontendPort, grpc: grpcPort },
      postgres: postgresPort,
      redis: redisPort,
    },
  };
  stack.configure(settings);
});

afterAll(async () => {
  await stack.dispose();
}, 120_000);

/** Ids of the containers, by service. */
async function ids(): Promise<Record<string, string>> {
  return Object.fromEntries(
    (await stack.containers()).map(({ Id, Labels }) => [Labels['slipway.service'] ?? '', Id] as const),
  );
}

/** The container of a service that has one. */
async function containerOf(service: string): Promise<Docker.Container> {
  const { [service]: id } = await ids();
  if (id === undefined) throw new Error(`${service} has no container`);
  return stack.docker.getContainer(id);
}

async function start(input: object): Promise<string> {
  const answer = await fetch(`${proxy}/api/v1/executions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  expect(answer.status).toBe(202);
  return z.looseObject({ id: z.string() }).parse(await answer.json()).id;
}

async function completed(id: string): Promise<Execution> {
  return eventually(async () => {
    const found = execution.parse(await (await fetch(`${proxy}/api/v1/executions/${id}`)).json());
    expect(found).toMatchObject({ id, state: 'completed' });
    return found;
  });
}

/** What a service answers over HTTP to itself: its port is not published. */
async function inside(service: string, path: string): Promise<unknown> {
  const script = `fetch('http://127.0.0.1:${path}').then((answer) => answer.text()).then((text) => console.log(text))`;
  const { stdout } = exits(await stack.slipway('exec', '-T', service, '--', 'node', '-e', script), 0);
  return JSON.parse(stdout);
}

/** Rows of the database, each with its columns joined by `|`. */
async function rows(query: string): Promise<string[]> {
  const psql = ['psql', '-U', 'linkflow', '-d', 'linkflow', '-tAc', query];
  const { stdout } = exits(await stack.slipway('exec', '-T', 'postgres', '--', ...psql), 0);
  return stdout.split('\n').filter((line) => line !== '');
}

describe('with every profile on', () => {
  test('up brings all fifteen services up, and shows where the proxy is', async () => {
    const { stdout } = exits(await stack.slipway('up'), 0);
    const found = await ids();
    expect(Object.keys(found).sort()).toEqual([...CORE, ...Object.values(PROFILES)].sort());
    for (const [service, id] of Object.entries(found)) {
      const { State } = await stack.docker.getContainer(id).inspect();
      if (service === 'migrate') expect(State).toMatchObject({ Status: 'exited', ExitCode: 0 });
      else expect([service, State.Health?.Status]).toEqual([service, 'healthy']);
    }
    const shown = /^\s*Proxy\s+(\S+)$/m.exec(stdout)?.[1];
    expect(shown).toBe(`${proxy}/health`);
    exits(await stack.slipway('status'), 0);
  }, 300_000);

  test.each(['/health', '/api/v1/health', '/engine/health'])('the proxy answers 200 to %s', async (path) => {
    expect((await fetch(`${proxy}${path}`)).status).toBe(200);
  });

  test('the proxy answers 404 to what is nobody’s, and shows no secret to who inspects it', async () => {
    expect((await fetch(`${proxy}/else`)).status).toBe(404);
    const { Config, Mounts } = await (await containerOf('nginx')).inspect();
    expect(Config.Env.filter((entry) => !entry.startsWith('PATH='))).toEqual([]);
    const volumes = Mounts.filter(({ Type }) => Type === 'volume').map(({ Destination, RW }) => `${Destination} ${RW}`);
    expect(volumes.sort()).toEqual(['/etc/nginx/proxy false', '/etc/nginx/upstreams false']);
  });

  test('an execution that is posted through the proxy completes', async () => {
    const { trail } = await completed(await start({ input: { message: 'hello' } }));
    expect(new Set(trail.map(({ service }) => service))).toEqual(
      new Set(['api', 'queue', 'frontend', 'history', 'matching', 'worker']),
    );
  }, 60_000);

  test('a delayed one waits for the timer, which fires it', async () => {
    const { trail } = await completed(await start({ input: { message: 'later' }, delayMs: 1500 }));
    const at = (event: string): number =>
      trail.find((step) => step.service === 'timer' && step.event === event)?.ms ?? Number.NaN;
    expect(at('fired') - at('armed')).toBeGreaterThanOrEqual(1500);
    const matched = trail.find(({ service, event }) => service === 'matching' && event === 'added');
    expect(matched?.ms).toBeGreaterThanOrEqual(at('fired'));
  }, 60_000);

  test('visibility lists them, and finds those in a state', async () => {
    const done = await completed(await start({ input: {} }));
    const waiting = await start({ input: {}, delayMs: 3_600_000 });
    const find = async (state: string): Promise<string[]> =>
      listed.parse(await inside('visibility', `8085/api/v1/executions?state=${state}`)).executions.map(({ id }) => id);
    await eventually(async () => {
      expect(await find('waiting')).toEqual([waiting]);
    });
    expect(await find('')).toEqual(expect.arrayContaining([done.id, waiting]));
    const inState = await find('completed');
    expect(inState).toContain(done.id);
    expect(inState).not.toContain(waiting);
  }, 60_000);

  test('the scheduler leaves a tick of its own for the minute', async () => {
    const scheduler = (await containerOf('scheduler')).id;
    const ticks = await rows('SELECT replica, extract(second FROM minute)::int, minute <= now() FROM workflow.ticks');
    expect(ticks).toContain(`${scheduler.slice(0, 12)}|0|t`);
  });

  test('the control plane registers the cell, and goes on doing so', async () => {
    const control = (await containerOf('control-plane')).id;
    const cells = await rows("SELECT id, region, replica, seen_at > now() - interval '15 s' FROM workflow.cells");
    expect(cells).toEqual([`cell-1|local|${control.slice(0, 12)}|t`]);
  });

  test('edge has a copy of what the engine counts', async () => {
    const [row] = await rows("SELECT count(*) FROM workflow.executions WHERE state = 'completed'");
    await eventually(async () => {
      const { byState } = counts.parse(await inside('edge', '8080/counts'));
      expect(byState).toMatchObject({ completed: Number(row), waiting: 1 });
    });
    expect(Number(row)).toBeGreaterThanOrEqual(3);
  }, 60_000);

  test('the proxy finds an api that is restarted by hand, without a restart of its own', async () => {
    const [api, nginx] = [await containerOf('api'), await containerOf('nginx')];
    const before = (await nginx.inspect()).State.StartedAt;
    await api.restart();
    await eventually(async () => {
      expect((await fetch(`${proxy}/api/v1/health`)).status).toBe(200);
    });
    await completed(await start({ input: { message: 'again' } }));
    expect((await nginx.inspect()).State.StartedAt).toBe(before);
    await eventually(async () => {
      expect((await api.inspect()).State.Health?.Status).toBe('healthy');
    });
  }, 60_000);
});

describe('with every profile off again', () => {
  test('up removes exactly what is off, and leaves the rest alone', async () => {
    const before = await ids();
    const networks = (await stack.networks()).map(({ Id }) => Id).sort();
    stack.configure({ ...settings, profiles: [] });
    exits(await stack.slipway('up'), 0);
    const core = Object.fromEntries(Object.entries(before).filter(([service]) => CORE.includes(service)));
    expect(await ids()).toEqual(core);
    expect((await stack.networks()).map(({ Id }) => Id).sort()).toEqual(networks);
    // The record of the stack's subnets is a volume of no service.
    const owners = (await stack.volumes()).flatMap(({ Labels }) => Labels['slipway.service'] ?? []);
    // Data has its volume whether its service is on or off.
    expect(owners.filter((service) => !CORE.includes(service)).sort()).toEqual(['loki', 'prometheus']);
    await expect(fetch(`${proxy}/health`)).rejects.toThrow();
    exits(await stack.slipway('status'), 0);
  }, 120_000);

  test('another up has nothing to do', async () => {
    exits(await stack.slipway('preview', '--expect-no-changes'), 0);
  }, 120_000);

  test('down with --volumes leaves nothing', async () => {
    exits(await stack.slipway('down', '--volumes', '--yes'), 0);
    expect(await stack.containers()).toEqual([]);
    expect(await stack.networks()).toEqual([]);
    expect(await stack.volumes()).toEqual([]);
  }, 120_000);
});

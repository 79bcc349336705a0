import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { exits } from '../support/answer.ts';
import { eventually } from '../support/eventually.ts';
import { killTree, TestStack, type Settings } from '../support/test-stack.ts';
import { coreSettings } from './core-settings.ts';

/*
 * LinkFlow's core on a real engine, through the real command: one stack that the tests take through a life, in order.
 */

const CORE = ['api', 'frontend', 'history', 'matching', 'migrate', 'postgres', 'queue', 'redis', 'worker'];
const execution = z.looseObject({
  id: z.string(),
  state: z.string(),
  trail: z.array(z.looseObject({ service: z.string() })),
});

const stack = new TestStack('core');
let settings: Settings;
let api: string;

beforeAll(async () => {
  ({ settings, api } = await coreSettings());
  stack.configure(settings);
});

afterAll(async () => {
  await stack.dispose();
}, 120_000);

/** Ids of all containers, by service and replica. */
async function ids(): Promise<Record<string, string>> {
  const containers = await stack.containers();
  return Object.fromEntries(
    containers.map(({ Id, Labels }) => [
      `${Labels['slipway.service'] ?? ''}-${Labels['slipway.replica'] ?? 'job'}`,
      Id,
    ]),
  );
}

/** Every value in the files of secrets that the stack has delivered. */
async function secretValues(): Promise<string[]> {
  const exported = await stack.pulumi('stack', 'export', '--show-secrets');
  const resource = z.looseObject({
    urn: z.string(),
    inputs: z.looseObject({ files: z.unknown().optional() }).optional(),
  });
  const state = z.object({ deployment: z.looseObject({ resources: z.array(resource) }) });
  const files = state
    .parse(JSON.parse(exported.stdout))
    .deployment.resources.filter(({ urn }) => urn.endsWith('-secrets'))
    .map(({ inputs }) => JSON.stringify(inputs?.files));
  // A secret stands there as the JSON of its value, in a string of its own.
  const texts = files.flatMap((text) => [...text.matchAll(/"plaintext":"((?:[^"\\]|\\.)*)"/g)]);
  const contents = texts.flatMap(([, text]) => contentsIn(JSON.parse(JSON.parse(`"${text ?? ''}"`) as string)));
  return [...new Set(contents.map((content) => content.trim()))];
}

/** All that stands as `content`, or by itself, in a value. */
function contentsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'object' || key === 'content' ? contentsIn(inner) : [],
  );
}

async function start(input: object): Promise<string> {
  const answer = await fetch(`${api}/executions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  expect(answer.status).toBeLessThan(300);
  return z.looseObject({ id: z.string() }).parse(await answer.json()).id;
}

async function completed(id: string): Promise<z.infer<typeof execution>> {
  return eventually(async () => {
    const found = execution.parse(await (await fetch(`${api}/executions/${id}`)).json());
    expect(found).toMatchObject({ id, state: 'completed' });
    return found;
  });
}

describe('a first up', () => {
  test('brings every service of the core up healthy and proves it with one execution', async () => {
    const up = await stack.slipway('up');
    exits(up, 0);
    const found = await stack.containers();
    expect([...new Set(found.map((container) => container.Labels['slipway.service']))]).toEqual(
      expect.arrayContaining(CORE),
    );
    for (const container of found.filter(({ Labels }) => Labels['slipway.kind'] === 'service')) {
      const { State } = await stack.docker.getContainer(container.Id).inspect();
      expect([container.Names[0], State.Health?.Status]).toEqual([container.Names[0], 'healthy']);
    }
  }, 600_000);

  test('has the work pass through every service', async () => {
    const { trail } = await completed(await start({ input: { message: 'hello' } }));
    expect([...new Set(trail.map((entry) => entry.service))]).toEqual(
      expect.arrayContaining(['api', 'queue', 'frontend', 'history', 'matching', 'worker']),
    );
  }, 60_000);

  test('starts nothing before what it depends on is healthy', async () => {
    const started = async (service: string): Promise<number> => {
      const [container] = await stack.containers(service);
      const { State } = await stack.docker.getContainer(container?.Id ?? '').inspect();
      return Date.parse(State.StartedAt);
    };
    const firstHealthy = async (service: string): Promise<number> => {
      const [container] = await stack.containers(service);
      const { State } = await stack.docker.getContainer(container?.Id ?? '').inspect();
      return Date.parse(String(State.Health?.Log.find((probe) => probe.ExitCode === 0)?.End));
    };
    // The engine keeps the last five probes only: what started last is compared with what has few behind it.
    expect(await started('worker')).toBeGreaterThan(await started('matching'));
    expect(await started('matching')).toBeGreaterThan(await started('history'));
    expect(await started('history')).toBeGreaterThan(await started('postgres'));
    expect(await firstHealthy('worker')).toBeGreaterThan(await started('worker'));
  });

  test('binds published ports to the loopback address only', async () => {
    const bindings = (await stack.containers()).flatMap((container) =>
      container.Ports.flatMap((port) => (port.PublicPort ? [port.IP] : [])),
    );
    expect(new Set(bindings)).toEqual(new Set(['127.0.0.1']));
  });

  test('shows no secret in any container that may be inspected, nor in an argument', async () => {
    const values = await secretValues();
    // Seven generated ones, and the URLs and the ACL file that are made of them.
    expect(values.length).toBeGreaterThanOrEqual(8);
    for (const container of await stack.containers()) {
      const inspected = JSON.stringify(await stack.docker.getContainer(container.Id).inspect());
      const processes = JSON.stringify(
        container.State === 'running' ? await stack.docker.getContainer(container.Id).top({ ps_args: '-ef' }) : '',
      );
      for (const value of values) {
        expect(inspected).not.toContain(value);
        expect(processes).not.toContain(value);
      }
    }
  });

  test('delivers secrets as files of mode 0400 that belong to who reads them', async () => {
    const listing = await stack.slipway(
      'exec',
      '-T',
      'api',
      '--',
      'stat',
      '-c',
      '%a %u %n',
      '/run/secrets/DB_PASSWORD',
    );
    expect(listing.stdout.trim()).toBe('400 1000 /run/secrets/DB_PASSWORD');
  });
});

describe('what runs', () => {
  test('is as planned, says status', async () => {
    const status = await stack.slipway('status', '--json');
    exits(status, 0);
  });

  test('has no change left, says pulumi preview', async () => {
    const preview = await stack.pulumi('preview', '--expect-no-changes', '--non-interactive');
    exits(preview, 0);
  }, 60_000);

  test('is left alone by an unchanged up', async () => {
    const before = await ids();
    exits(await stack.slipway('up'), 0);
    expect(await ids()).toEqual(before);
  }, 60_000);

  test('is not as planned once a container has stopped, says status, and the next up brings it back', async () => {
    const { 'worker-1': worker, ...others } = await ids();
    await stack.docker.getContainer(worker ?? '').stop();
    exits(await stack.slipway('status'), 1);
    exits(await stack.slipway('up'), 0);
    exits(await stack.slipway('status'), 0);
    expect(await ids()).toMatchObject(others);
  }, 120_000);
});

describe('scaling', () => {
  test('from 1 to 3 leaves the first replica alone', async () => {
    const before = await ids();
    stack.configure({ ...settings, services: { worker: { replicas: 3 } } });
    exits(await stack.slipway('up', '--skip-smoke'), 0);
    const after = await ids();
    expect(after).toMatchObject(before);
    expect(Object.keys(after).filter((name) => name.startsWith('worker-'))).toHaveLength(3);
  }, 180_000);

  test('from 3 to 2 deletes exactly one container and touches no other', async () => {
    const { 'worker-3': third, ...others } = await ids();
    stack.configure({ ...settings, services: { worker: { replicas: 2 } } });
    exits(await stack.slipway('up', '--skip-smoke'), 0);
    expect(third).toBeDefined();
    expect(await ids()).toEqual(others);
  }, 180_000);
});

describe('a release', () => {
  test('that never gets healthy fails and leaves the running replicas as they were', async () => {
    const before = await ids();
    stack.configure({
      ...settings,
      services: { worker: { replicas: 2 }, matching: { env: { PARTITION_COUNT: 'none' } } },
    });
    const up = await stack.slipway('up', '--skip-smoke');
    exits(up, 1);
    expect(up.all).toContain('matching');
    const { State } = await stack.docker.getContainer(before['matching-1'] ?? '').inspect();
    expect(State.Status).toBe('running');
    const running = (await stack.containers('matching')).filter((container) => container.State === 'running');
    expect(running.map((container) => container.Id)).toEqual([before['matching-1']]);
  }, 180_000);

  test('that mends it ends clean, with one container a replica', async () => {
    stack.configure({ ...settings, services: { worker: { replicas: 2 } } });
    exits(await stack.slipway('up'), 0);
    expect(await stack.containers('matching')).toHaveLength(1);
    await completed(await start({ input: {} }));
  }, 180_000);
});

describe('a migration that fails', () => {
  test('fails the up, which names it, and leaves what runs alone', async () => {
    const before = await ids();
    stack.configure({
      ...settings,
      services: { worker: { replicas: 2 }, migrate: { env: { LOG_LEVEL: 'no such level' } } },
    });
    const up = await stack.slipway('up', '--skip-smoke');
    exits(up, 1);
    expect(up.all).toContain('migrate');
    expect(up.all).toContain('LOG_LEVEL must be one of');
    const services = Object.entries(before).filter(([name]) => name !== 'migrate-job');
    expect(await ids()).toMatchObject(Object.fromEntries(services));
  }, 120_000);

  test('leaves nothing behind once it is mended', async () => {
    stack.configure({ ...settings, services: { worker: { replicas: 2 } } });
    exits(await stack.slipway('up', '--skip-smoke'), 0);
    const jobs = await stack.containers('migrate');
    expect(jobs).toHaveLength(1);
    const { State } = await stack.docker.getContainer(jobs[0]?.Id ?? '').inspect();
    expect(State).toMatchObject({ Status: 'exited', ExitCode: 0 });
  }, 120_000);
});

describe('an up that is interrupted', () => {
  test('stops cleanly, and the next one goes on', async () => {
    stack.configure({ ...settings, services: { worker: { replicas: 3 } } });
    const up = stack.start('up', '--skip-smoke');
    await eventually(async () => {
      expect((await stack.containers('worker')).length).toBeGreaterThan(2);
    });
    process.kill(up.pid, 'SIGINT');
    exits(await up.answer, 130);
    exits(await stack.slipway('up', '--skip-smoke'), 0);
    expect(await stack.containers('worker')).toHaveLength(3);
    exits(await stack.slipway('status'), 0);
  }, 240_000);
});

describe('an up that is killed', () => {
  test('leaves nothing that the next one does not sweep', async () => {
    stack.configure({ ...settings, services: { worker: { replicas: 4 } } });
    const up = stack.start('up', '--skip-smoke');
    await eventually(async () => {
      expect((await stack.containers('worker')).length).toBeGreaterThan(2);
    });
    killTree(up.pid);
    await up.answer;
    exits(await stack.slipway('up', '--skip-smoke'), 0);
    expect(await stack.containers('worker')).toHaveLength(4);
    exits(await stack.slipway('status'), 0);
  }, 240_000);
});

describe('a second up of the same stack', () => {
  test('is refused while one runs', async () => {
    stack.configure({ ...settings, services: { worker: { replicas: 2 } } });
    const first = stack.start('up', '--skip-smoke');
    // Whoever shows progress holds the stack; before, either could be first.
    await eventually(() => {
      expect(first.printed()).toContain('worker');
    });
    const second = await stack.slipway('up', '--skip-smoke');
    exits(second, 4);
    expect(second.stderr).toContain(stack.name);
    exits(await first.answer, 0);
  }, 180_000);
});

describe('down', () => {
  test('removes what runs, and the next up finds the old data', async () => {
    const id = await start({ input: { message: 'remember me' } });
    await completed(id);
    exits(await stack.slipway('down'), 0);
    expect(await stack.containers()).toEqual([]);
    expect(await stack.networks()).toEqual([]);
    const kept = (await stack.volumes()).map(({ Labels }) =>
      [Labels['slipway.kind'], Labels['slipway.service']].join(' '),
    );
    // Data has its volume whether its service is on or off.
    expect(kept.sort()).toEqual(['data loki', 'data postgres', 'data prometheus', 'data redis']);
    exits(await stack.slipway('up'), 0);
    expect(execution.parse(await (await fetch(`${api}/executions/${id}`)).json())).toMatchObject({
      state: 'completed',
    });
  }, 300_000);

  test('with --volumes leaves nothing at all', async () => {
    exits(await stack.slipway('down', '--volumes', '--yes'), 0);
    expect(await stack.containers()).toEqual([]);
    expect(await stack.networks()).toEqual([]);
    expect(await stack.volumes()).toEqual([]);
  }, 120_000);
});

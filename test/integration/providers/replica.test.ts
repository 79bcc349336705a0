import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { ContainerCreateOptions } from 'dockerode';
import { slipwayProvider } from '../../../providers/slipway/provider.ts';
import { ProviderClient, type Wire } from '../../unit/providers/provider-client.ts';
import { eventually } from '../support/eventually.ts';
import { READY_CHECK, Scratch } from './scratch.ts';

const TYPE = 'slipway:index:Replica';

jest.setTimeout(60_000);

let scratch: Scratch;
let client: ProviderClient;
/** Where containers are from their creation. */
let home: string;
/** What they join once healthy. */
let door: string;

beforeEach(async () => {
  scratch = new Scratch();
  client = await ProviderClient.start(slipwayProvider);
  await client.configure();
  [home, door] = await Promise.all([scratch.network('home'), scratch.network('door')]);
});

afterEach(async () => {
  client.close();
  await scratch.dispose();
});

function candidate(shell: string, options: ContainerCreateOptions = {}): Promise<string> {
  return scratch.run(shell, {
    Healthcheck: READY_CHECK,
    HostConfig: { NetworkMode: home },
    Labels: { 'slipway.kind': 'service', 'slipway.service': 'api', 'slipway.replica': '1' },
    ...options,
  });
}

function inputs(container: string, more: Wire = {}): Wire {
  return {
    ...{ service: 'api', replica: 1, container, networks: { [door]: ['api'] } },
    ...{ healthTimeoutMs: 20_000, drainMs: 0, stopGraceMs: 3000, hasHealthcheck: true },
    ...more,
  };
}

const HEALTHY = 'touch /ready; trap "exit 0" TERM; sleep 300 & wait';

async function failureOf(created: Promise<unknown>): Promise<string> {
  return created.then(
    () => 'it succeeded',
    (error: unknown) => String(error),
  );
}

describe('the gate', () => {
  // How soon is for `npm run bench -- gate` to say; a second later a glance would have seen it without any event.
  test('opens when the engine says healthy, and counts from the start to the probe that was good', async () => {
    const container = await candidate(`sleep 1; ${HEALTHY}`);
    const { state } = await client.create(TYPE, inputs(container));
    const opened = Date.now();
    const { State } = await scratch.inspect(container);
    const healthy = Date.parse(State.Health?.Log.find((probe) => probe.ExitCode === 0)?.End ?? '');
    expect(opened - healthy).toBeLessThan(900);
    expect(state['healthyAfterMs']).toBe(healthy - Date.parse(State.StartedAt));
  });

  test('opens at once for a container that is healthy already', async () => {
    const container = await candidate(HEALTHY);
    await eventually(async () => {
      expect((await scratch.inspect(container)).State.Health?.Status).toBe('healthy');
    });
    const begun = Date.now();
    await client.create(TYPE, inputs(container));
    expect(Date.now() - begun).toBeLessThan(1000);
  });

  test('lets a container be found under its name only once it is healthy', async () => {
    const container = await candidate(`sleep 2; ${HEALTHY}`);
    const lookUp = 'getent hosts api || echo nobody';
    const created = client.create(TYPE, inputs(container));
    expect(await scratch.output(lookUp, { HostConfig: { NetworkMode: door } })).toContain('nobody');
    await created;
    const { NetworkSettings } = await scratch.inspect(container);
    const address = NetworkSettings.Networks[door]?.IPAddress ?? 'none';
    expect(await scratch.output(lookUp, { HostConfig: { NetworkMode: door } })).toContain(address);
  });

  test('fails at once when the container exits, with its code, its last lines, and what to do', async () => {
    const container = await candidate('sleep 1; seq 30; sleep 0.2; echo out of luck >&2; exit 7', {
      HostConfig: { NetworkMode: home, RestartPolicy: { Name: 'unless-stopped' } },
    });
    const message = await failureOf(client.create(TYPE, inputs(container)));
    const { State, Name } = await scratch.inspect(container);
    expect(message).toContain(
      'api (replica 1) on unix:///var/run/docker.sock did not get healthy: it exited with code 7',
    );
    expect(message).toContain('  | out of luck');
    expect(message).toContain('  | 30');
    expect(message).not.toContain('  | 11\n');
    expect(message).toContain(Name.slice(1));
    expect(message).toContain('run up again');
    expect(State.Running || State.Restarting).toBe(false);
  });

  test('tells the exit code and last lines of one that crashes again and again from its start', async () => {
    const container = await candidate('echo no DATABASE_URL >&2; exit 7', {
      HostConfig: { NetworkMode: home, RestartPolicy: { Name: 'unless-stopped' } },
    });
    const message = await failureOf(client.create(TYPE, inputs(container, { pidsLimit: 64 })));
    expect(message).toContain('did not get healthy: it exited with code 7');
    expect(message).toContain('  | no DATABASE_URL');
  });

  test('fails at once when the engine calls it unhealthy, with the last probe; the candidate is stopped and kept', async () => {
    const container = await candidate('trap "exit 0" TERM; sleep 300 & wait');
    const begun = Date.now();
    const message = await failureOf(client.create(TYPE, inputs(container)));
    expect(Date.now() - begun).toBeLessThan(8000);
    expect(message).toContain('it is unhealthy; the last probe ended with code 1: no /ready yet');
    expect((await scratch.inspect(container)).State.Status).toBe('exited');
  });

  test('says that memory was lacking, even when the container is restarted for it', async () => {
    const container = await candidate('sleep 1; exec tail /dev/zero', {
      HostConfig: { NetworkMode: home, Memory: 16 * 2 ** 20, RestartPolicy: { Name: 'unless-stopped' } },
    });
    const message = await failureOf(client.create(TYPE, inputs(container)));
    expect(message).toMatch(/it exited with code 137, killed (?:by SIGKILL, most likely )?for lack of memory/);
  });

  test('fails when it takes too long', async () => {
    const check = { ...READY_CHECK, Retries: 100 };
    const container = await candidate('trap "exit 0" TERM; sleep 300 & wait', { Healthcheck: check });
    const message = await failureOf(client.create(TYPE, inputs(container, { healthTimeoutMs: 1500 })));
    expect(message).toContain('it took longer than 1.5 s');
  });

  test('a container without a health check has to keep running', async () => {
    const none = { Healthcheck: { Test: ['NONE'] } };
    const steady = await candidate(HEALTHY, none);
    await client.create(TYPE, inputs(steady, { hasHealthcheck: false }));
    const brief = await candidate('sleep 0.3; exit 3', none);
    const message = await failureOf(client.create(TYPE, inputs(brief, { hasHealthcheck: false })));
    expect(message).toContain('it exited with code 3');
  });

  test('starts a stopped candidate again, which is what an unchanged retry finds', async () => {
    const container = await candidate('test -e /tried || { touch /tried; exit 1; }; ' + HEALTHY);
    await failureOf(client.create(TYPE, inputs(container)));
    await client.create(TYPE, inputs(container));
    expect((await scratch.inspect(container)).State.Health?.Status).toBe('healthy');
  });

  test('removes what earlier failed releases of the same replica left, and nothing else', async () => {
    const [earlier, other] = [
      await candidate('exit 1'),
      await candidate('exit 1', {
        Labels: { 'slipway.kind': 'service', 'slipway.service': 'api', 'slipway.replica': '2' },
      }),
    ];
    await failureOf(client.create(TYPE, inputs(earlier)));
    const container = await candidate(HEALTHY);
    await client.create(TYPE, inputs(container));
    await expect(scratch.inspect(earlier)).rejects.toThrow('No such container');
    await expect(scratch.inspect(other)).resolves.toBeDefined();
  });

  test('a cancel ends it promptly, and leaves the candidate for the next up', async () => {
    const container = await candidate(`sleep 30; ${HEALTHY}`, { Healthcheck: { ...READY_CHECK, Retries: 100 } });
    const created = failureOf(client.create(TYPE, inputs(container)));
    await eventually(async () => {
      expect((await scratch.inspect(container)).State.Health?.Log).not.toHaveLength(0);
    });
    const begun = Date.now();
    await client.cancel();
    expect(await created).toContain('interrupted while waiting for it to get healthy');
    expect(Date.now() - begun).toBeLessThan(1000);
    expect((await scratch.inspect(container)).State.Running).toBe(true);
  });
});

describe('a limit of processes', () => {
  test('holds from the gate on, and a new one for the same container without passing the gate', async () => {
    const container = await candidate(HEALTHY);
    const { id, state } = await client.create(TYPE, inputs(container, { pidsLimit: 50 }));
    const limitOf = async () => (await scratch.inspect(container)).HostConfig.PidsLimit;
    expect(await limitOf()).toBe(50);
    const [olds, news] = [inputs(container, { pidsLimit: 50 }), inputs(container, { pidsLimit: 60 })];
    const updated = await client.update(TYPE, id, { olds, state, news });
    expect(await limitOf()).toBe(60);
    expect(updated['healthyAfterMs']).toBe(state['healthyAfterMs']);
    await client.update(TYPE, id, { olds: news, state: updated, news: inputs(container, { pidsLimit: -1 }) });
    expect((await limitOf()) ?? -1).toBeLessThanOrEqual(0);
  });
});

describe('an update', () => {
  test('lets the new container in, then drains and stops the old one, which keeps its connections till then', async () => {
    const old = await candidate(HEALTHY);
    const { id, state } = await client.create(TYPE, inputs(old));
    const next = await candidate(`sleep 1; ${HEALTHY}`);
    const [olds, news] = [inputs(old, { drainMs: 1000 }), inputs(next)];
    const updated = client.update(TYPE, id, { olds, state, news });
    await eventually(async () => {
      expect(await networksOf(next)).toContain(door);
    });
    expect(await networksOf(old)).toContain(door);
    expect((await scratch.inspect(old)).State.Running).toBe(true);
    await updated;
    const { State } = await scratch.inspect(old);
    expect(State).toMatchObject({ Running: false, ExitCode: 0 }); // By SIGTERM, not SIGKILL.
    expect(await networksOf(old)).not.toContain(door);
  });

  test('does not mind that the old container is gone', async () => {
    const old = await candidate(HEALTHY);
    const { id, state } = await client.create(TYPE, inputs(old));
    await scratch.docker.getContainer(old).remove({ force: true });
    const next = await candidate(HEALTHY);
    await client.update(TYPE, id, { olds: inputs(old), state, news: inputs(next) });
    expect(await networksOf(next)).toContain(door);
  });

  test('that fails leaves the old container serving', async () => {
    const old = await candidate(HEALTHY);
    const { id, state } = await client.create(TYPE, inputs(old));
    const next = await candidate('exit 1');
    const failed = await failureOf(client.update(TYPE, id, { olds: inputs(old), state, news: inputs(next) }));
    expect(failed).toContain('The container before it was not touched.');
    expect(await networksOf(old)).toContain(door);
    expect((await scratch.inspect(old)).State.Running).toBe(true);
  });

  test('of the same container changes its networks without passing the gate', async () => {
    const container = await candidate(HEALTHY);
    const { id, state } = await client.create(TYPE, inputs(container));
    const side = await scratch.network('side');
    const news = inputs(container, { networks: { [side]: ['api', 'other'] } });
    const updated = await client.update(TYPE, id, { olds: inputs(container), state, news });
    expect(await networksOf(container)).toEqual([home, side].sort());
    expect(updated['healthyAfterMs']).toBe(state['healthyAfterMs']);
  });
});

describe('drift', () => {
  test('a container that is gone or stopped reads as gone; a lost network shows in the inputs', async () => {
    const container = await candidate(HEALTHY);
    const { id, state } = await client.create(TYPE, inputs(container));
    expect((await client.read(TYPE, id, state, inputs(container)))?.inputs).toEqual(inputs(container));
    await scratch.docker.getNetwork(door).disconnect({ Container: container });
    expect((await client.read(TYPE, id, state, inputs(container)))?.inputs).toEqual(
      inputs(container, { networks: {} }),
    );
    await scratch.docker.getContainer(container).stop({ t: 1 });
    expect(await client.read(TYPE, id, state, inputs(container))).toBeNull();
    await scratch.docker.getContainer(container).remove();
    expect(await client.read(TYPE, id, state, inputs(container))).toBeNull();
  });

  test('a delete drains where another replica goes on, and where none does waits for nothing', async () => {
    const first = await candidate(HEALTHY);
    const labels = { 'slipway.kind': 'service', 'slipway.service': 'api', 'slipway.replica': '2' };
    const second = await candidate(HEALTHY, { Labels: labels });
    const [one, two] = [inputs(first, { drainMs: 1500 }), inputs(second, { replica: 2, drainMs: 50_000 })];
    const made = [await client.create(TYPE, one), await client.create(TYPE, two)] as const;
    const begun = Date.now();
    await client.delete(TYPE, made[0].id, made[0].state, one);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(1500);
    await client.delete(TYPE, made[1].id, made[1].state, two);
    expect(Date.now() - begun).toBeLessThan(20_000);
    expect((await scratch.inspect(second)).State).toMatchObject({ Running: false, ExitCode: 0 });
  });

  test('a delete stops the container, clears failed candidates away, and is content when it is gone', async () => {
    const container = await candidate(HEALTHY);
    const { id, state } = await client.create(TYPE, inputs(container));
    const failed = await candidate('exit 1');
    await eventually(async () => {
      expect((await scratch.inspect(failed)).State.Status).toBe('exited');
    });
    await client.delete(TYPE, id, state, inputs(container));
    await expect(scratch.inspect(failed)).rejects.toThrow('No such container');
    expect((await scratch.inspect(container)).State).toMatchObject({ Running: false, ExitCode: 0 });
    expect(await networksOf(container)).not.toContain(door);
    await scratch.docker.getContainer(container).remove();
    await client.delete(TYPE, id, state, inputs(container));
  });
});

async function networksOf(container: string): Promise<string[]> {
  const { NetworkSettings } = await scratch.inspect(container);
  return Object.keys(NetworkSettings.Networks).sort();
}

import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import type { Host } from '../../../../providers/slipway/host/host.ts';
import { exchangeIn } from '../../../../providers/slipway/replica/exchange.ts';
import { replicaResource } from '../../../../providers/slipway/replica/resource.ts';

const NAME = 'linkflow-dev-api-1-0123456';

/** What a container is and does, as far as these tests need it. */
interface Behaviour {
  readonly state: object;
  /** What the engine answers to changes of its limits, one after the other. */
  readonly updates: (Error | undefined)[];
}

/** A host with one container; what was asked of it is noted. */
function hostWith({ state, updates }: Behaviour): { readonly host: Host; readonly asked: string[] } {
  const asked: string[] = [];
  let isStopped = false;
  const line = Buffer.from('no DATABASE_URL\n');
  const header = Buffer.from([2, 0, 0, 0, 0, 0, 0, line.length]);
  const container = {
    inspect: () =>
      Promise.resolve({
        ...{ Id: 'c1', Name: `/${NAME}`, RestartCount: 3, HostConfig: { Memory: 0 } },
        ...{ Config: { Labels: {}, Tty: false }, NetworkSettings: { Networks: {} } },
        State: { ...state, ...(isStopped && { Running: false, Restarting: false }) },
      }),
    update: () => {
      asked.push('update');
      const answer = updates.shift();
      return answer === undefined ? Promise.resolve() : Promise.reject(answer);
    },
    logs: () => Promise.resolve(Buffer.concat([header, line])),
    stop: () => {
      asked.push('stop');
      isStopped = true;
      return Promise.resolve();
    },
  };
  const docker = { getContainer: () => container, getEvents: () => Promise.resolve(new PassThrough()) };
  return { host: { address: 'unix:///here', docker } as unknown as Host, asked };
}

const operation = {
  ...{ urn: 'urn', preview: false, signal: new AbortController().signal },
  log: () => undefined,
};
const inputs = {
  ...{ service: 'api', replica: 1, container: 'c1', networks: {}, pidsLimit: 50 },
  ...{ healthTimeoutMs: 5000, drainMs: 0, stopGraceMs: 1000, hasHealthcheck: true },
};
/** As engines say it between two runs of a container that crashes again and again. */
const refused = new Error('(HTTP code 500) server error - Cannot update container: cannot update a stopped container');
const CRASHED = { Running: true, Restarting: true, ExitCode: 7, OOMKilled: false, Error: '', StartedAt: '' };
const HEALTHY = {
  ...{ Running: true, Restarting: false, ExitCode: 0, OOMKilled: false, Error: '' },
  StartedAt: '2026-01-02T03:04:05Z',
  Health: { Status: 'healthy', Log: [{ Start: 's', End: '2026-01-02T03:04:07Z', ExitCode: 0, Output: '' }] },
};

describe('a limit of processes that the engine refuses', () => {
  test('does not hide why a candidate crashes: its exit code and its last lines', async () => {
    const { host, asked } = hostWith({ state: CRASHED, updates: [refused, refused] });
    const message = await replicaResource(host)
      .create(operation, inputs)
      .then(String, (error: unknown) => String(error));
    expect(message).toContain('api (replica 1) on unix:///here did not get healthy: it exited with code 7');
    expect(message).toContain('  | no DATABASE_URL');
    expect(message).not.toContain('update');
    expect(asked).toEqual(['update', 'stop']);
  });

  test('tells of lack of memory as well', async () => {
    const { host } = hostWith({ state: { ...CRASHED, ExitCode: 137, OOMKilled: true }, updates: [refused] });
    await expect(replicaResource(host).create(operation, inputs)).rejects.toThrow('with code 137, killed for lack of');
  });

  test('is given once more to one that is healthy, and only then is an error, which names it', async () => {
    const late = hostWith({ state: HEALTHY, updates: [refused] });
    expect((await replicaResource(late.host).create(operation, inputs)).state['healthyAfterMs']).toBe(2000);
    expect(late.asked).toEqual(['update', 'update']);
    const never = hostWith({ state: HEALTHY, updates: [refused, refused] });
    await expect(replicaResource(never.host).create(operation, inputs)).rejects.toThrow(
      "container c1 can't be given its limit of processes on unix:///here: Cannot update container",
    );
  });
});

describe('the exchange of one container for another', () => {
  const times = { createdMs: 10_000, startedMs: 10_400 };

  test('is from the stop signal of the old one to the start of the new one', () => {
    const told = [{ atMs: 9.1e3 }, { atMs: 9.6e3 }];
    expect(exchangeIn(told, times)).toBe(1300);
  });

  test('is not known where the old one went on, or nobody remembers', () => {
    expect(exchangeIn([{ atMs: 12e3 }], times)).toBeUndefined();
    expect(exchangeIn([], times)).toBeUndefined();
  });
});

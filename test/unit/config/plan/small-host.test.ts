import { describe, expect, test } from '@jest/globals';
import { fitToHost } from '../../../../config/plan/small-host.ts';
import { resolvePlan } from '../../../../config/resolve.ts';
import type { Service } from '../../../../config/schema/service.ts';
import { Service as Schema } from '../../../../config/schema/service.ts';

const GIB = 2 ** 30;
const MIB = 2 ** 20;

function service(input: object): Service {
  return Schema.parse({ description: 'A service.', image: 'any', ...input });
}

const services = {
  db: service({
    limits: { memory: '2g', cpus: 2 },
    reservations: { memory: '1g', cpus: 1 },
    shmSize: '256m',
  }),
  api: service({ limits: { memory: '1g', cpus: 1 }, replicas: 2 }),
  migrate: service({ kind: 'job', limits: { memory: '8g' } }),
  off: service({ limits: { memory: '64g' }, profiles: ['off'] }),
  free: service({}),
};
const active = ['db', 'api', 'migrate', 'free'];

describe('a host that is large enough', () => {
  test('changes nothing', () => {
    expect(fitToHost(services, active, { cpus: 2, memory: 5 * GIB })).toEqual(services);
  });
});

describe('a small host', () => {
  const fit = fitToHost(services, active, { cpus: 1, memory: 2.5 * GIB });

  test('halves limits, reservations and shared memory where the replicas that run want twice of what it can give', () => {
    expect(fit['db']).toMatchObject({
      limits: { memory: GIB, cpus: 1 },
      reservations: { memory: GIB / 2, cpus: 0.5 },
      shmSize: 128 * MIB,
    });
    expect(fit['api']?.limits).toEqual({ memory: GIB / 2, cpus: 0.5 });
    expect(fit['free']).toEqual(services.free);
  });

  test('fits: all replicas together stay within four fifths of its memory', () => {
    const { memory } = { memory: 1.3 * GIB };
    const small = fitToHost(services, active, { cpus: 1, memory });
    const sum = (small['db']?.limits.memory ?? 0) + 2 * (small['api']?.limits.memory ?? 0);
    expect(sum).toBeLessThanOrEqual(0.8 * memory);
  });

  test('leaves each service what a runtime needs to start', () => {
    const tiny = fitToHost(services, active, { cpus: 1, memory: 64 * MIB });
    expect(tiny['api']?.limits).toEqual({ memory: 96 * MIB, cpus: 0.5 });
    expect(tiny['db']?.shmSize).toBe(96 * MIB);
  });
});

describe('LinkFlow in prod on a host with 1 CPU and 4 GiB', () => {
  const values = { system: 'linkflow', environment: 'prod', allowSmallHost: 'true' };
  const host = { cpus: 1, memory: 4 * GIB };
  const resolved = (size?: typeof host) => resolvePlan({ stack: 'prod', values, providedSecrets: [] }, undefined, size);
  const planned = (name: string, size?: typeof host) =>
    resolved(size).plan?.services.find((found) => found.name === name);

  test('takes what is tuned to limits down with them', () => {
    const { limits, command } = planned('postgres', host) ?? { command: [] };
    const mebibytes = (limits?.memory ?? 0) / MIB;
    expect(mebibytes).toBeLessThan(2048);
    expect(command).toContain(`shared_buffers=${Math.floor(mebibytes / 2)}MB`);
    expect(command).toContain('max_parallel_workers=4');
    expect(planned('worker', host)?.environment['NUM_WORKERS']).toBe('4');
  });

  test('fits into it', () => {
    const { plan } = resolved(host);
    const sum = (plan?.services ?? [])
      .filter(({ kind }) => kind === 'service')
      .reduce((total, { limits, replicas }) => total + (limits.memory ?? 0) * replicas, 0);
    expect(sum).toBeLessThan(4 * GIB);
    expect(plan?.services.every(({ limits }) => (limits.cpus ?? 0) <= 1)).toBe(true);
  });

  test('is as it is described until the host is known, and says that this may change', () => {
    expect(planned('postgres')?.command).toContain('shared_buffers=1024MB');
    expect(resolved().plan?.allowsSmallHost).toBe(true);
  });
});

import { describe, expect, test } from '@jest/globals';
import type { PlannedService, Rollout } from '../../../../config/plan/types.ts';
import type { SystemInput } from '../../../../config/schema/system.ts';
import { planOf, resolveLinkflow, resolveShop, service, system, type Stack } from '../fixture.ts';

type ServiceInput = SystemInput['services'][string];

const volumes = { data: { description: 'Data.' } };

/** The plan of one service on its own. */
function planned(described: ServiceInput, stack?: Stack): PlannedService {
  const [found] = planOf(resolveShop(system({ api: described }, { volumes }), stack)).services;
  if (!found) throw new Error('the plan has no service');
  return found;
}

test.each<[string, Partial<ServiceInput>, Rollout['order']]>([
  ['what may be many goes create-first', {}, 'createFirst'],
  ['a singleton goes delete-first', { singleton: true }, 'deleteFirst'],
  ['who publishes a port goes delete-first', { ports: { http: { container: 80, published: 80 } } }, 'deleteFirst'],
  ['who writes a volume goes delete-first', { volumes: { data: '/data' } }, 'deleteFirst'],
  [
    'who only reads a volume goes create-first',
    { volumes: { data: { path: '/data', readOnly: true } } },
    'createFirst',
  ],
  ['what the description says holds', { singleton: true, rollout: { order: 'createFirst' } }, 'createFirst'],
])('%s', (_, changes, order) => {
  expect(planned(service(changes)).rollout.order).toBe(order);
});

describe('the time to become healthy', () => {
  const test5 = { test: ['CMD', 'true'] as ['CMD', string], interval: '30s', retries: 5 };

  test.each<[string, Partial<ServiceInput>, number]>([
    ['is the start period and all retries', { healthcheck: { ...test5, startPeriod: '40s' } }, 190_000],
    ['is at least a minute', { healthcheck: { ...test5, interval: '1s', startPeriod: '0s' } }, 60_000],
    ['is a minute where nothing is checked', {}, 60_000],
    ['is five minutes for a job', { kind: 'job' }, 300_000],
    ['is what the description says', { rollout: { healthTimeout: '10s' } }, 10_000],
  ])('%s', (_, changes, milliseconds) => {
    expect(planned(service(changes)).rollout.healthTimeoutMs).toBe(milliseconds);
  });
});

test.each<[string, ServiceInput, ServiceInput, number]>([
  ['drains half a second if others call it', service(), service({ calls: ['api'] }), 500],
  ['drains not at all if nobody calls it', service(), service(), 0],
  [
    'drains not at all if it goes before the new one comes',
    service({ singleton: true, rollout: { drain: '30s' } }),
    service({ calls: ['api'] }),
    0,
  ],
  ['drains as long as the description says', service({ rollout: { drain: '30s' } }), service(), 30_000],
])('an old replica %s', (_, api, caller, milliseconds) => {
  const plan = planOf(resolveShop(system({ api, caller })));
  expect(plan.services.find(({ name }) => name === 'api')?.rollout.drainMs).toBe(milliseconds);
});

test('a health check is written as Docker gives it back', () => {
  const healthcheck = {
    test: ['CMD', 'true'] as ['CMD', string],
    interval: '60s',
    startPeriod: '90s',
    startInterval: '500ms',
  };
  expect(planned(service({ healthcheck })).healthcheck).toEqual({
    test: ['CMD', 'true'],
    interval: '1m0s',
    timeout: '5s',
    retries: 5,
    startPeriod: '1m30s',
    startInterval: '500ms',
  });
});

test('a job is neither restarted nor multiplied', () => {
  expect(planned(service({ kind: 'job' }))).toMatchObject({ restart: 'no', bounds: { min: 1, max: 1 } });
});

test('a service is locked down unless its description says otherwise', () => {
  expect(planned(service())).toMatchObject({
    readOnly: true,
    capDrop: ['ALL'],
    capAdd: [],
    user: '1000:1000',
    restart: 'unless-stopped',
    logging: { driver: 'json-file', options: { 'max-file': '3', 'max-size': '10m' } },
  });
});

test('secrets are files of the user who reads them, and variables say where', () => {
  const description = system(
    {
      api: service({
        user: '70:71',
        secrets: { DB_PASSWORD: 'PASSWORD', HEALTH: { secret: 'PASSWORD', env: false } },
      }),
    },
    { secrets: { PASSWORD: { description: 'A password.', format: { kind: 'password' } } } },
  );
  const plan = planOf(resolveShop(description));
  const file = { secret: 'PASSWORD', mode: '0400', uid: 70, gid: 71 };
  expect(plan.services[0]?.secrets).toEqual([
    { ...file, name: 'DB_PASSWORD', path: '/run/secrets/DB_PASSWORD' },
    { ...file, name: 'HEALTH', path: '/run/secrets/HEALTH' },
  ]);
  expect(plan.services[0]?.environment).toEqual({ DB_PASSWORD_FILE: '/run/secrets/DB_PASSWORD' });
  expect(plan.secrets).toEqual([
    {
      name: 'PASSWORD',
      description: 'A password.',
      source: 'generated',
      format: { kind: 'password', length: 32 },
      services: ['api'],
    },
  ]);
});

test('a secret that somebody has set wins, a derived one too', () => {
  const sources = (providedSecrets: readonly string[]): Record<string, string> =>
    Object.fromEntries(
      planOf(resolveLinkflow({ providedSecrets }))
        .secrets.filter(({ name, services }) => name.startsWith('REDIS') && services.length > 0)
        .map(({ name, source }) => [name, source]),
    );
  expect(sources([])).toEqual({ REDIS_ACL: 'derived', REDIS_PASSWORD: 'generated', REDIS_URL: 'derived' });
  expect(sources(['REDIS_PASSWORD', 'REDIS_URL'])).toEqual({
    REDIS_ACL: 'derived',
    REDIS_PASSWORD: 'provided',
    REDIS_URL: 'provided',
  });
});

test('data and secrets of a service outlive its profile', () => {
  const description = system(
    { db: service({ profiles: ['db'], volumes: { data: '/data' }, secrets: { P: 'PASSWORD' } }) },
    { volumes, secrets: { PASSWORD: { description: 'A password.', format: { kind: 'password' } } } },
  );
  const plan = planOf(resolveShop(description));
  expect(plan.services).toEqual([]);
  expect(plan.images).toEqual([]);
  expect(plan.volumes).toEqual([{ name: 'data', service: 'db', description: 'Data.' }]);
  expect(plan.secrets.map(({ name, services: readers }) => [name, readers])).toEqual([['PASSWORD', []]]);
});

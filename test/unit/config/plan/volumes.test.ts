import { expect, test } from '@jest/globals';
import { rollbackPlan } from '../../../../config/release/rollback-plan.ts';
import { planOf, resolveShop, service, system } from '../fixture.ts';

const healthcheck = { test: ['CMD', 'true'] as ['CMD', string] };
const limits = { memory: '64m', cpus: 1 };

/** A store that keeps data, and a service that shares sockets in a volume with another. */
const shop = system(
  {
    store: service({ volumes: { data: '/data' } }),
    holder: service({
      ...{ volumes: { sockets: '/run/holder' }, healthcheck, limits },
      ports: { http: { container: 80, published: 80, address: '0.0.0.0' } },
    }),
    taker: service({ volumes: { sockets: { path: '/run/holder', readOnly: true } } }),
  },
  { volumes: { data: { description: 'Orders.' }, sockets: { description: 'Sockets.', keep: false } } },
);

test('what a volume holds has to last, unless the description says otherwise', () => {
  expect(planOf(resolveShop(shop)).volumes).toEqual([
    { name: 'data', service: 'store', description: 'Orders.' },
    { name: 'sockets', service: 'holder', description: 'Sockets.', keep: false },
  ]);
});

test('one that keeps no data is there for those that run; data is there for those that are off too', () => {
  const off = Object.fromEntries(
    Object.entries(shop.services).map(([name, described]) => [name, { ...described, profiles: ['on'] }]),
  );
  const description = { ...shop, services: { ...off, other: service() } };
  expect(planOf(resolveShop(description)).volumes.map(({ name }) => name)).toEqual(['data']);
});

test('who shares a volume and only reads it is replaced create-first', () => {
  const { services } = planOf(resolveShop(shop));
  expect(Object.fromEntries(services.map(({ name, rollout }) => [name, rollout.order]))).toEqual({
    ...{ holder: 'deleteFirst', store: 'deleteFirst', taker: 'createFirst' },
  });
});

test('in production, who publishes a port may write what does not have to last', () => {
  const { issues } = resolveShop(shop, { stack: 'prod', values: { environment: 'prod' } });
  expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('a rollback keeps volumes with data that the release had not got yet, and no others', () => {
  const now = planOf(resolveShop(shop));
  expect(rollbackPlan({ ...now, volumes: [] }, now).volumes.map(({ name }) => name)).toEqual(['data']);
});

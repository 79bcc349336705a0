import { describe, expect, test } from '@jest/globals';
import type { PlannedImage, PlannedPort } from '../../../../config/plan/types.ts';
import { planOf, resolveLinkflow } from '../fixture.ts';

function portsOf(service: string, ports: unknown): readonly PlannedPort[] | undefined {
  const plan = planOf(resolveLinkflow({ values: { ports: { [service]: ports } } }));
  return plan.services.find(({ name }) => name === service)?.ports;
}

const postgres = { name: 'postgres', container: 5432, protocol: 'tcp' };

describe('a port is published', () => {
  test.each<[string, unknown, unknown]>([
    ['by number, where there is one', 15432, { ...postgres, published: 15432, address: '127.0.0.1' }],
    ['by name', { postgres: 15432 }, { ...postgres, published: 15432, address: '127.0.0.1' }],
    ['by its number inside the container', { 5432: 15432 }, { ...postgres, published: 15432, address: '127.0.0.1' }],
    ['on another address', '0.0.0.0:15432', { ...postgres, published: 15432, address: '0.0.0.0' }],
    ['on an address of IPv6', '[::1]:15432', { ...postgres, published: 15432, address: '::1' }],
    ['as the system says, if nothing is set', {}, { ...postgres, published: 5432, address: '127.0.0.1' }],
    ['not at all', false, postgres],
    ['not at all, by name', { postgres: false }, postgres],
  ])('%s', (_, setting, port) => {
    expect(portsOf('postgres', setting)).toEqual([port]);
  });

  test('without touching the others of the service', () => {
    expect(portsOf('frontend', { grpc: 19090 })).toEqual([
      { name: 'grpc', container: 9090, protocol: 'tcp', published: 19090, address: '127.0.0.1' },
      { name: 'http', container: 8080, protocol: 'tcp', published: 8080, address: '127.0.0.1' },
    ]);
  });
});

describe('an image is taken from a registry', () => {
  const imageOf = (values: Record<string, unknown>, name: string): PlannedImage | undefined =>
    planOf(resolveLinkflow({ values })).images.find((image) => image.name === name);

  test.each([
    ['postgres', 'postgres:16-alpine', 70, 70],
    ['postgres', 'postgres:16', 999, 999],
    ['postgres', 'docker.io/library/postgres', 999, 999],
    ['redis', 'redis:7-alpine', 999, 1000],
    ['workload', 'registry.example.org/linkflow/engine@sha256:0123', 1000, 1000],
    ['postgres', 'registry.example.org/postgres:16-alpine', 999, 999],
  ])('for %s: %s, with the user %d:%d', (name, reference, uid, gid) => {
    expect(imageOf({ images: { [name]: reference } }, name)).toEqual({ name, reference, uid, gid });
  });

  test('with the user that the stack names', () => {
    const images = { postgres: { reference: 'registry.example.org/postgres:16', uid: 26, gid: 27 } };
    const plan = planOf(resolveLinkflow({ values: { images } }));
    const service = plan.services.find(({ name }) => name === 'postgres');
    expect(service).toMatchObject({ image: 'registry.example.org/postgres:16', imageName: 'postgres', user: '26:27' });
    expect(service?.secrets[0]).toMatchObject({ uid: 26, gid: 27 });
    expect(service?.files[0]).toMatchObject({ uid: 26, gid: 27 });
  });

  test('for one service alone, the others keep theirs', () => {
    const plan = planOf(resolveLinkflow({ values: { services: { api: { image: 'example.org/api:2' } } } }));
    const images = Object.fromEntries(plan.services.map(({ name, image }) => [name, image]));
    expect(images).toMatchObject({ api: 'example.org/api:2', queue: 'slipway/workload' });
    expect(plan.images.find(({ reference }) => reference !== undefined)).toEqual({
      name: 'api-own',
      reference: 'example.org/api:2',
      uid: 1000,
      gid: 1000,
    });
  });

  test('or another of the system for one service', () => {
    const plan = planOf(resolveLinkflow({ values: { services: { queue: { image: 'redis' } } } }));
    expect(plan.services.find(({ name }) => name === 'queue')).toMatchObject({ imageName: 'redis', user: '999:999' });
  });
});

test('limits, replicas and variables of one service change', () => {
  const worker = { replicas: 4, memory: '512m', cpus: '0.5', env: { NUM_WORKERS: 7 } };
  const plan = planOf(resolveLinkflow({ values: { services: { worker } } }));
  expect(plan.services.find(({ name }) => name === 'worker')).toMatchObject({
    replicas: 4,
    limits: { memory: 536_870_912, cpus: 0.5 },
    environment: { NUM_WORKERS: '7', TASK_QUEUE: 'default' },
  });
});

test.each([
  ['linkflow', 'dev', 'linkflow-dev'],
  ['linkflow', 'linkflow', 'linkflow'],
  ['linkflow', 'linkflow-alice', 'linkflow-alice'],
  ['linkflow', 'linkflow2', 'linkflow-linkflow2'],
])('names of %s in stack %s begin with %s', (_, stack, prefix) => {
  expect(planOf(resolveLinkflow({ stack, values: { environment: 'dev' } })).prefix).toBe(prefix);
});

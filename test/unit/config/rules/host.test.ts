import { describe, expect, test } from '@jest/globals';
import type { HostFacts } from '../../../../config/plan/types.ts';
import { checkHost } from '../../../../config/rules/host.ts';
import { error, planOf, resolveLinkflow, resolveShop, service, system } from '../fixture.ts';

const GIB = 2 ** 30;

/** A large, empty host. */
const host: HostFacts = {
  cpus: 64,
  memory: 256 * GIB,
  usedPorts: [],
  usedSubnets: [],
  isLocal: true,
  missingImages: {},
  sources: {},
  replicas: [],
};

const dev = planOf(resolveLinkflow({ stack: 'dev' }));
const prod = planOf(resolveLinkflow({ stack: 'prod' }));

test('a host with room for everything is accepted', () => {
  expect(checkHost(dev, host)).toEqual([]);
  expect(checkHost(prod, host)).toEqual([]);
});

describe('a host is refused that', () => {
  test('has fewer CPUs than one service may use', () => {
    const plan = planOf(resolveLinkflow({ values: { services: { api: { cpus: 4 }, queue: { cpus: 2 } } } }));
    expect(checkHost(plan, { ...host, cpus: 2 })).toEqual([
      error('slipway:services.api.cpus', '"api" may use 4 CPUs, and the host has 2', '2 or less'),
    ]);
  });

  test('has less memory than the limits of production add up to', () => {
    expect(checkHost(prod, { ...host, memory: 8 * GIB })).toEqual([
      error(
        'slipway:services',
        'the memory limits of all replicas add up to 11.8 GiB, and the host has 8.0 GiB',
        'fewer replicas or lower limits; the most go to worker 1g × 3, postgres 2g × 1, api 512m × 2',
      ),
    ]);
  });

  test.each([
    ['the same address', '127.0.0.1', true],
    ['all addresses', '0.0.0.0', true],
    ['all addresses of IPv6', '::', true],
    ['another address', '10.0.0.5', false],
  ])('has a published port taken on %s', (_, address, refused) => {
    const issues = checkHost(dev, { ...host, usedPorts: [{ address, port: 5432, by: 'container other-postgres' }] });
    const issue = error(
      'slipway:ports.postgres.postgres',
      'port 5432 on 127.0.0.1 is taken by container other-postgres',
      'a port that is free, or false for not published',
    );
    expect(issues).toEqual(refused ? [issue] : []);
  });

  test('uses so much of the pool that the networks do not fit', () => {
    const plan = planOf(resolveLinkflow({ values: { network: { pool: '10.99.0.0/23' } } }));
    const usedSubnets = [{ cidr: '10.99.0.0/24', by: 'network other' }];
    expect(checkHost(plan, { ...host, usedSubnets })).toEqual([
      error(
        'slipway:network.pool',
        'pool 10.99.0.0/23 (512 addresses) has no room for network "door-history" (a block of 64); 1 subnet of others lies in it',
        'a larger block, or one that others use less',
      ),
    ]);
  });

  test("can't have an image", () => {
    const plan = planOf(resolveLinkflow({ values: { images: { postgres: 'postgres:99' } } }));
    expect(checkHost(plan, { ...host, missingImages: { 'postgres:99': 'manifest unknown' } })).toEqual([
      error(
        'slipway:images.postgres',
        "image postgres:99 of postgres can't be had: manifest unknown",
        'an image that the host has or its registry gives',
      ),
    ]);
  });

  test('lacks the folder that an image is built from', () => {
    const cause = 'there is no images/postgres/Dockerfile';
    expect(checkHost(dev, { ...host, missingImages: { 'images/postgres': cause } })).toEqual([
      error(
        'linkflow:images.postgres.build',
        `the image of postgres can't be built: ${cause}`,
        'a folder with a Dockerfile, relative to the project',
      ),
    ]);
  });
});

test('in dev and test too much memory is a warning with the sum, jobs left out', () => {
  const description = system({
    api: service({ replicas: 3, limits: { memory: '2g' } }),
    seed: service({ kind: 'job', limits: { memory: '64g' } }),
    free: service(),
  });
  for (const environment of ['dev', 'test']) {
    const plan = planOf(resolveShop(description, { values: { environment } }));
    expect(checkHost(plan, { ...host, memory: 4 * GIB })).toEqual([
      {
        severity: 'warning',
        path: 'slipway:services',
        message: 'the memory limits of all replicas add up to 6.0 GiB, and the host has 4.0 GiB',
        accepted: 'fewer replicas or lower limits; the most go to api 2g × 3',
      },
    ]);
  }
});

test('everything that a host lacks is reported together', () => {
  const facts = {
    ...host,
    cpus: 1,
    memory: GIB,
    usedPorts: [{ address: '0.0.0.0', port: 443, by: 'another process on the host' }],
  };
  expect(checkHost(prod, facts).map(({ path }) => path)).toEqual([
    'slipway:services.history.cpus',
    'slipway:services.postgres.cpus',
    'slipway:services.worker.cpus',
    'slipway:services',
    'slipway:ports.listener.https',
  ]);
});

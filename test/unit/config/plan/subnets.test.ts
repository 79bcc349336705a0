import { describe, expect, test } from '@jest/globals';
import { allocateSubnets, subnetSize } from '../../../../config/plan/subnets.ts';

const request = { pool: '10.213.0.0/16', taken: [], wanted: {}, kept: {} };

test.each([
  [0, 8],
  [5, 8],
  [6, 16],
  [13, 16],
  [14, 32],
  [98, 128],
])('%d addresses and the three of the engine fit into a block of %d', (addresses, size) => {
  expect(subnetSize(addresses)).toBe(size);
});

describe('subnets are allocated', () => {
  test('first fit, the largest first', () => {
    expect(allocateSubnets({ ...request, wanted: { small: 2, home: 100, egress: 50 } })).toEqual({
      subnets: { egress: '10.213.0.128/26', home: '10.213.0.0/25', small: '10.213.0.192/29' },
    });
  });

  test('around what others use, IPv6 and all', () => {
    const taken = ['10.213.0.0/24', '10.213.1.16/28', 'fd00::/64', '172.17.0.0/16'];
    expect(allocateSubnets({ ...request, taken, wanted: { a: 10, b: 10 } })).toEqual({
      subnets: { a: '10.213.1.0/28', b: '10.213.1.32/28' },
    });
  });

  test('alike whatever the order of the keys', () => {
    const one = allocateSubnets({ ...request, wanted: { a: 9, b: 9, c: 40 } });
    const other = allocateSubnets({ ...request, wanted: { c: 40, b: 9, a: 9 } });
    expect(JSON.stringify(other)).toBe(JSON.stringify(one));
  });

  test('once: what a network has stays, wherever it lies, and others go around it', () => {
    const kept = { a: '10.213.0.0/28', b: '192.168.7.0/28', gone: '10.213.0.16/28' };
    expect(allocateSubnets({ ...request, kept, wanted: { a: 9, b: 9, c: 9 } })).toEqual({
      subnets: { a: '10.213.0.0/28', b: '192.168.7.0/28', c: '10.213.0.16/28' },
    });
  });

  test('anew when a network has outgrown what it has', () => {
    expect(allocateSubnets({ ...request, kept: { a: '10.213.0.0/28' }, wanted: { a: 14 } })).toEqual({
      subnets: { a: '10.213.0.0/27' },
    });
  });

  test.each([
    [256, '10.213.1.0/28'],
    [260, '10.213.1.0/28'],
    [65_535, '10.213.255.240/28'],
    [65_536 + 16, '10.213.0.16/28'],
    [-16, '10.213.0.16/28'],
  ])('from where the search begins: %d', (start, subnet) => {
    expect(allocateSubnets({ ...request, start, wanted: { a: 9 } })).toEqual({ subnets: { a: subnet } });
  });

  test('from the beginning again once the end of the pool is full', () => {
    const taken = ['10.213.255.0/24'];
    expect(allocateSubnets({ ...request, taken, start: 65_500, wanted: { a: 9 } })).toEqual({
      subnets: { a: '10.213.0.0/28' },
    });
  });
});

describe('no subnet is allocated', () => {
  test('when the pool is full', () => {
    const taken = ['10.213.0.0/17', '10.213.128.0/17'];
    expect(allocateSubnets({ ...request, taken, wanted: { a: 9 } })).toEqual({
      problem:
        'pool 10.213.0.0/16 (65536 addresses) has no room for network "a" (a block of 16); 2 subnets of others lie in it',
    });
  });

  test('when a network is larger than the pool', () => {
    expect(allocateSubnets({ ...request, pool: '10.0.0.0/28', wanted: { a: 14 } })).toEqual({
      problem:
        'pool 10.0.0.0/28 (16 addresses) has no room for network "a" (a block of 32); 0 subnets of others lie in it',
    });
  });

  test('when the pool is no block of addresses', () => {
    expect(allocateSubnets({ ...request, pool: '10.0.0/16', wanted: { a: 1 } })).toEqual({
      problem: 'pool "10.0.0/16" is not a block of IPv4 addresses such as 10.213.0.0/16',
    });
  });
});

test('a large pool is searched in no time, however much of it is used', () => {
  const taken = Array.from({ length: 250 }, (_, index) => `10.${index}.0.0/16`);
  const begin = performance.now();
  expect(allocateSubnets({ pool: '10.0.0.0/8', taken, wanted: { a: 1 }, kept: {} })).toEqual({
    subnets: { a: '10.250.0.0/29' },
  });
  expect(performance.now() - begin).toBeLessThan(1000);
});

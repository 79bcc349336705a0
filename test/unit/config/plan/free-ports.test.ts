import { describe, expect, test } from '@jest/globals';
import { composeDocument } from '../../../../config/compose/document.ts';
import { publishedAt } from '../../../../config/graph/picture.ts';
import { chooseNumbers } from '../../../../config/plan/free-ports.ts';
import { publications, wantedPorts, withChosenPorts } from '../../../../config/plan/ports.ts';
import { renderPlan } from '../../../../config/plan/render.ts';
import { onChosenPorts } from '../../../../cli/chosen-ports.ts';
import { error, planOf, resolveShop, service, system } from '../fixture.ts';

const none = new Set<number>();

describe('chooseNumbers', () => {
  test('gives each another number, from where it is told to begin', () => {
    expect(chooseNumbers({ wanted: ['b', 'a'], kept: {}, taken: none, start: 5 })).toEqual({
      numbers: { a: 20_005, b: 20_006 },
    });
  });

  test('keeps what there is, and passes over what others have', () => {
    const taken = new Set([20_000, 20_002]);
    expect(chooseNumbers({ wanted: ['a', 'b', 'c'], kept: { b: 20_001 }, taken, start: 0 })).toEqual({
      numbers: { a: 20_003, b: 20_001, c: 20_004 },
    });
  });

  test('goes round at the end of the range, below the ports that kernels hand out', () => {
    expect(chooseNumbers({ wanted: ['a', 'b'], kept: {}, taken: none, start: 9999 })).toEqual({
      numbers: { a: 29_999, b: 20_000 },
    });
  });

  test('says where none is left', () => {
    const taken = new Set(Array.from({ length: 10_000 }, (_, at) => 20_000 + at));
    expect(chooseNumbers({ wanted: ['a'], kept: {}, taken, start: 3 })).toEqual({
      problem: 'no port from 20000 to 29999 is free',
    });
  });
});

const described = (published: number | 'free') =>
  system({ api: service({ ports: { http: { container: 8000, published } } }), web: service() });
const resolve = (values: Readonly<Record<string, unknown>> = {}, published: number | 'free' = 'free') =>
  resolveShop(described(published), { values });

describe('a port that is free', () => {
  const plan = planOf(resolve());

  test('is so in the plan, on its address', () => {
    expect(plan.services[0]?.ports).toEqual([
      { name: 'http', container: 8000, published: 'free', address: '127.0.0.1', protocol: 'tcp' },
    ]);
    expect(wantedPorts(plan.services)).toEqual({ 'api.http': { address: '127.0.0.1', protocol: 'tcp' } });
    expect(publications(plan.services)).toEqual([]);
    expect(renderPlan(plan)).toContain('port http: 8000/tcp, published on 127.0.0.1, on a port that is free there\n');
    expect(plan.services[0]?.ports.map(publishedAt)).toEqual(['127.0.0.1:free']);
  });

  test('is published like any other: on the way out, replaced delete-first', () => {
    expect(plan.services[0]?.networks.map(({ network }) => network)).toContain('egress');
    expect(plan.services[0]?.rollout.order).toBe('deleteFirst');
  });

  test.each([
    ['free', '127.0.0.1'],
    ['0.0.0.0:free', '0.0.0.0'],
    [{ http: 'free' }, '127.0.0.1'],
    [{ 8000: '[::1]:free' }, '::1'],
  ])('can be configured as %j', (api, address) => {
    const [service] = planOf(resolve({ ports: { api } }, 18_000)).services;
    expect(service?.ports).toMatchObject([{ published: 'free', address }]);
  });

  test('can be fixed by configuration, and taken away', () => {
    const ports = (api: unknown) => planOf(resolve({ ports: { api } })).services[0]?.ports[0];
    expect(ports(18_000)).toMatchObject({ published: 18_000 });
    expect(ports(false)).not.toHaveProperty('published');
  });

  test('is no name for anything else', () => {
    expect(resolve({ ports: { api: 'any' } }).issues).toMatchObject([{ path: 'slipway:ports.api', severity: 'error' }]);
  });

  test('collides with none, and is no port for several replicas', () => {
    const two = system({
      a: service({ ports: { http: { container: 80, published: 'free' } } }),
      b: service({ ports: { http: { container: 80, published: 'free' } } }),
    });
    expect(resolveShop(two).issues).toEqual([]);
    expect(resolve({ services: { api: { replicas: 2 } } }).issues).toEqual([
      error(
        'slipway:services.api.replicas',
        '2 replicas of "api" can\'t all be published on one port',
        '1, or `slipway:ports: { api: { http: false } }`',
      ),
    ]);
  });

  test('has its number once it is chosen, by the state', () => {
    const known = onChosenPorts(plan, {
      resources: [{ urn: 'urn', type: 'slipway:index:Ports', outputs: { ports: { 'api.http': 20_003 } } }],
    });
    expect(known).toEqual(withChosenPorts(plan, { 'api.http': 20_003 }));
    expect(known.services[0]?.ports[0]?.published).toBe(20_003);
    expect(onChosenPorts(plan, { resources: [] })).toEqual(plan);
  });

  test("is the engine's choice under Compose until then", () => {
    const args = { tags: new Map<string, string>(), project: '/project' };
    const ports = (of: typeof plan) => composeDocument(of, args).services['api']?.ports;
    expect(ports(plan)).toEqual(['127.0.0.1::8000']);
    expect(ports(withChosenPorts(plan, { 'api.http': 20_003 }))).toEqual(['127.0.0.1:20003:8000']);
  });
});

import { describe, expect, test } from '@jest/globals';
import { pictureOf, type Picture } from '../../../../config/graph/picture.ts';
import type { SystemDescription } from '../../../../config/schema/system.ts';
import { planOf, resolveShop, service, system } from '../fixture.ts';

type Services = SystemDescription['services'];

const web = service({ ports: { http: { container: 80 } }, healthcheck: { test: ['CMD', 'true'] } });

function picture(services: Services, changes: Partial<SystemDescription> = {}): Picture {
  return pictureOf(planOf(resolveShop(system(services, changes))));
}

describe('arrows', () => {
  test.each<[string, Services, string[]]>([
    ['a wait', { a: service({ dependsOn: { b: 'healthy' } }), b: web }, ['a waits healthy b']],
    [
      'a wait for a job',
      { a: service({ dependsOn: { b: 'completed' } }), b: service({ kind: 'job' }) },
      ['a waits completed b'],
    ],
    ['a call', { a: service({ calls: ['b'] }), b: web }, ['a calls b']],
    [
      'both at once',
      { a: service({ dependsOn: { b: 'healthy' }, calls: ['b'] }), b: web },
      ['a waits healthy calls b'],
    ],
    [
      'one each way',
      { a: service({ dependsOn: { b: 'healthy' } }), b: { ...web, calls: ['a'] } },
      ['a waits healthy b', 'b calls a'],
    ],
    [
      'no wait that follows from others',
      {
        a: service({ dependsOn: { b: 'healthy', c: 'healthy', d: 'healthy' } }),
        b: { ...web, dependsOn: { c: 'healthy' } },
        c: { ...web, dependsOn: { d: 'healthy' } },
        d: web,
      },
      ['a waits healthy b', 'b waits healthy c', 'c waits healthy d'],
    ],
    [
      'a wait that follows from others where a call is shown anyway',
      {
        a: service({ dependsOn: { b: 'healthy', c: 'healthy' }, calls: ['c'] }),
        b: { ...web, dependsOn: { c: 'healthy' } },
        c: web,
      },
      ['a waits healthy b', 'a waits healthy calls c', 'b waits healthy c'],
    ],
  ])('show %s', (_, services, expected) => {
    expect(
      picture(services).arrows.map(({ from, to, waits, calls }) =>
        [from, ...(waits === undefined ? [] : ['waits', waits]), ...(calls ? ['calls'] : []), to].join(' '),
      ),
    ).toEqual(expected);
  });
});

describe('a service that half of the others call', () => {
  const callers = (count: number, others: number): Services => ({
    store: web,
    ...Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`caller-${index}`, service({ calls: ['store'] })]),
    ),
    ...Object.fromEntries(Array.from({ length: others }, (_, index) => [`other-${index}`, service()])),
  });

  test.each<[string, Services, number]>([
    ['is named in their boxes', callers(4, 4), 0],
    ['is pointed at while they are few', callers(3, 0), 3],
    ['is pointed at while they are the lesser part', callers(4, 5), 4],
  ])('%s', (_, services, arrows) => {
    const { services: boxes, arrows: drawn } = picture(services);
    expect(drawn).toHaveLength(arrows);
    expect(boxes.filter(({ uses }) => uses.length > 0).map(({ uses }) => uses)).toEqual(
      arrows === 0 ? Array.from({ length: 4 }, () => ['store']) : [],
    );
  });

  test('is still pointed at by what waits for it', () => {
    const services = { ...callers(4, 0), 'caller-0': service({ calls: ['store'], dependsOn: { store: 'healthy' } }) };
    expect(picture(services).arrows).toEqual([{ from: 'caller-0', to: 'store', waits: 'healthy', calls: false }]);
  });
});

describe('boxes', () => {
  test.each<[string, Services[string], Partial<Picture['services'][number]>]>([
    ['one replica', web, { mark: '', kind: 'service', hasWayOut: false }],
    ['several replicas', { ...web, replicas: 3 }, { mark: '×3' }],
    ['what may only be one', { ...web, singleton: true }, { mark: 'singleton' }],
    ['a job', service({ kind: 'job' }), { mark: 'job', kind: 'job' }],
    ['a way out', { ...web, egress: true }, { hasWayOut: true }],
    [
      'a published port as a way out',
      { ...web, ports: { http: { container: 80, published: 8080 } } },
      { hasWayOut: true },
    ],
  ])('tell %s', (_, described, expected) => {
    expect(picture({ a: described }).services[0]).toMatchObject(expected);
  });

  test('name the network on which callers find a service that rolls create-first', () => {
    const { services } = picture({ a: web, b: service({ calls: ['a'] }) });
    expect(services.map(({ name, door }) => [name, door])).toEqual([
      ['a', 'door-a'],
      ['b', undefined],
    ]);
  });

  test('stand in the order of requests: what starts last comes first', () => {
    const { services } = picture({
      a: web,
      b: service({ dependsOn: { c: 'healthy' } }),
      c: { ...web, dependsOn: { a: 'healthy' } },
    });
    expect(services.map(({ name }) => name)).toEqual(['b', 'c', 'a']);
  });
});

describe('what somebody else runs', () => {
  const store = { ...web, external: { host: 'db.example', port: 5432 } };
  const hearing = service({ calls: ['store'], environment: { STORE: '${store:host}' } });

  test('stands last, at its address, and is pointed at by its callers', () => {
    const { services, arrows, legend } = picture({ a: hearing, store });
    expect(services.at(-1)).toMatchObject({ name: 'store', kind: 'external', address: 'db.example:5432' });
    expect(arrows).toEqual([{ from: 'a', to: 'store', calls: true }]);
    expect(legend).toContainEqual(expect.stringContaining('run by somebody else'));
  });

  test('is named in the boxes where half of the others call it', () => {
    const { services, arrows } = picture({ a: hearing, b: hearing, c: hearing, d: hearing, store });
    expect(arrows).toEqual([]);
    expect(services.map(({ uses }) => uses)).toEqual([['store'], ['store'], ['store'], ['store'], []]);
  });
});

describe('entries', () => {
  const published = {
    ports: {
      admin: { container: 9000, published: 9001 },
      metrics: { container: 9100 },
      local: { container: 80, published: 9002, address: '::1' },
      dns: { container: 53, published: 5300, protocol: 'udp' as const, address: '0.0.0.0' },
    },
  };
  const smoke = (port: string): SystemDescription['smoke'] => ({
    service: 'a',
    port,
    start: { method: 'POST', path: '/work', body: {} },
    poll: { path: '/work/{id}', done: 'done', failed: [] },
    timeout: '10s',
    urls: [],
  });

  test('are the published ports by number', () => {
    expect(picture({ a: service(published), b: web }).entries).toEqual([
      { service: 'a', lines: ['0.0.0.0:5300/udp dns', '127.0.0.1:9001 admin', '[::1]:9002 local'] },
    ]);
  });

  test('tell where the smoke test goes in', () => {
    expect(picture({ a: service(published) }, { smoke: smoke('admin') }).entries[0]?.lines).toEqual([
      '0.0.0.0:5300/udp dns',
      '127.0.0.1:9001 admin',
      'smoke test: POST /work',
      '[::1]:9002 local',
    ]);
  });

  test('tell of no smoke test whose port nobody reaches', () => {
    expect(picture({ a: service(published) }, { smoke: smoke('metrics') }).entries[0]?.lines).toHaveLength(3);
  });
});

test('volumes name everybody who mounts them', () => {
  const { volumes } = picture(
    {
      a: service({ volumes: { data: '/data' } }),
      b: service({ volumes: { data: { path: '/data', readOnly: true } } }),
      c: service(),
    },
    { volumes: { data: { description: 'Data.' }, unused: { description: 'None.' } } },
  );
  expect(volumes).toEqual([{ name: 'data', services: ['a', 'b'] }]);
});

test('the legend explains what occurs and nothing else', () => {
  expect(picture({ a: service() }).legend).toEqual(['every container is on network home, which has no way out']);
  const all = picture({
    a: service({ kind: 'job' }),
    b: service({ replicas: 2, egress: true, dependsOn: { a: 'completed', c: 'healthy' }, calls: ['c', 'd', 'e'] }),
    c: web,
    d: web,
    e: { ...web, ports: { http: { container: 80, published: 8080 } } },
  });
  expect(all.legend.map((line) => line.split(/[:…]| is /)[0])).toEqual([
    'thin arrow',
    'dashed arrow',
    'thick arrow',
    '×2',
    'rounded box',
    'blue border',
    'network door-',
    'every container',
  ]);
});

test('a picture is the same whatever the order in which services are described', () => {
  const services = { a: web, b: service({ calls: ['a', 'c'], dependsOn: { c: 'healthy' } }), c: web };
  const turned = Object.fromEntries(Object.entries(services).reverse());
  expect(picture(turned)).toEqual(picture(services));
});

import { describe, expect, test } from '@jest/globals';
import { listedContainers, renderList } from '../../../../config/plan/edges.ts';
import { error, planOf, resolveShop, service, system } from '../fixture.ts';

const LIST = 'upstream api {\n    zone api 64k;\n    server {container}:80 resolve;\n}\n';

describe('a list', () => {
  test('has a line for each container, and the others once', () => {
    const rendered = 'upstream api {\n    zone api 64k;\n    server a-1:80 resolve;\n    server a-2:80 resolve;\n}\n';
    expect(renderList(LIST, ['a-1', 'a-2'])).toBe(rendered);
    expect(listedContainers(LIST, rendered)).toEqual(['a-1', 'a-2']);
  });

  test('of somebody else’s making names nobody', () => {
    expect(listedContainers(LIST, '')).toEqual([]);
    expect(listedContainers(LIST, 'upstream api {\n  server a-1:8080;\n}\n')).toEqual([]);
  });
});

describe('an edge', () => {
  const edge = { folder: '/lists', upstreams: { api: LIST, jobs: LIST }, reload: ['reload'] };
  const shop = (changes: Parameters<typeof service>[0] = {}) =>
    system({
      proxy: service({ calls: ['api', 'jobs'], edge, ...changes }),
      api: service(),
      jobs: service({ profiles: ['jobs'], rollout: { drain: '2s' } }),
    });

  test('has the lists of what runs, which stands in them', () => {
    const [api, proxy] = planOf(resolveShop(shop())).services;
    expect(proxy?.edge).toEqual({ folder: '/lists', lists: { 'api.conf': LIST } });
    expect(api?.routes).toEqual([{ edge: 'proxy', file: 'api.conf', list: LIST, reload: ['reload'] }]);
    expect(api?.rollout.drainMs).toBe(3000);
    const all = planOf(resolveShop(shop(), { values: { profiles: ['jobs'] } }));
    expect(Object.keys(all.services.find(({ name }) => name === 'proxy')?.edge?.lists ?? {})).toEqual([
      'api.conf',
      'jobs.conf',
    ]);
    expect(all.services.find(({ name }) => name === 'jobs')?.rollout.drainMs).toBe(2000);
  });

  test('hands on to services that there are and that it calls, by lists that can be filled', () => {
    const upstreams = { api: LIST, jbos: LIST };
    expect(resolveShop(shop({ calls: [], edge: { ...edge, upstreams } })).issues).toEqual([
      error('shop:services.proxy.edge.upstreams', 'no service "jbos"', 'did you mean "jobs"? known: api, jobs, proxy'),
      error(
        'shop:services.proxy.edge.upstreams.api',
        '"proxy" hands requests on to "api" and does not call it',
        '"api" among its calls',
      ),
    ]);
    const [issue] = resolveShop(shop({ edge: { ...edge, upstreams: { api: 'nothing' } } })).issues;
    expect(issue).toMatchObject({
      path: 'shop:services.proxy.edge.upstreams.api',
      accepted: 'a text with a line that holds {container}',
    });
  });
});

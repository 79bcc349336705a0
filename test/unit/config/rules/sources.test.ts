import { describe, expect, test } from '@jest/globals';
import type { HostFacts, Issue } from '../../../../config/plan/types.ts';
import { checkHost } from '../../../../config/rules/host.ts';
import type { SystemDescription } from '../../../../config/schema/system.ts';
import { error, planOf, resolveShop, service, system } from '../fixture.ts';

const mounted = { description: 'Web.', uid: 1, gid: 1, mount: '/app', services: { api: {} } };

function shop(changes: Partial<SystemDescription> = {}): SystemDescription {
  return system(
    { api: service(), queue: service() },
    {
      sources: {
        web: { description: 'Web.', target: 'production', uid: 1, gid: 1, services: { api: {} } },
        engine: { description: 'Engine.', uid: 1, gid: 1, services: { queue: { args: { SERVICE: 'queue' } } } },
      },
      ...changes,
    },
  );
}

function issues(values: Record<string, unknown>, description = shop()): readonly Issue[] {
  return resolveShop(description, { values }).issues;
}

describe('the configuration of a stack is refused', () => {
  test.each<[string, Record<string, unknown>, Issue[]]>([
    [
      'for sources that the system does not have',
      { sources: { wab: '../web' } },
      [error('slipway:sources.wab', 'no source "wab"', 'did you mean "web"? known: engine, web')],
    ],
    [
      'for a path that is empty',
      { sources: { web: '' } },
      [error('slipway:sources.web', '"" is not valid', 'the path of a folder')],
    ],
    [
      'for a path that is none',
      { sources: { web: { folder: '../web' } } },
      [error('slipway:sources.web', 'a map is not valid', 'the path of a folder')],
    ],
    [
      'for an image of its own beside the sources of a service',
      { sources: { web: '../web' }, services: { api: { image: 'registry.example.org/api:1' } } },
      [error('slipway:services.api.image', '"api" is built from slipway:sources.web already', 'one of the two')],
    ],
    [
      'for an image that only its sources are built as',
      { sources: { web: '../web' }, images: { web: 'web:1' } },
      [error('slipway:images.web', 'no image "web"', 'known: app')],
    ],
    [
      'for everything at once',
      {
        sources: { wab: '../web', engine: '../engine' },
        services: { queue: { image: 'q:1' }, nobody: {} },
        images: { postgres: 'postgres:16' },
      },
      [
        error('slipway:sources.wab', 'no source "wab"', 'did you mean "web"? known: engine, web'),
        error('slipway:services.queue.image', '"queue" is built from slipway:sources.engine already', 'one of the two'),
        error('slipway:services.nobody', 'no service "nobody"', 'known: api, queue'),
        error('slipway:images.postgres', 'no image "postgres"', 'known: app'),
      ],
    ],
  ])('%s', (_, values, expected) => {
    expect(issues(values)).toEqual(expected);
  });

  test('for folders to mount on an engine that is on another machine', () => {
    const values = { sources: { web: '../web' }, host: 'tcp://10.1.2.3:2375' };
    expect(issues(values, shop({ sources: { web: mounted } }))).toEqual([
      error(
        'slipway:sources.web',
        'its folder is mounted in containers, and the engine at tcp://10.1.2.3:2375 is no engine of this machine',
        'an engine of this machine (unix:///path, tcp://127.0.0.1:port), or an environment that mounts nothing (test, prod)',
      ),
    ]);
    expect(issues(values)).toEqual([]);
  });

  test.each(['unix:///run/docker.sock', 'tcp://127.0.0.1:2375', 'tcp://localhost:2375', 'http://[::1]:2375'])(
    'but not on the engine of this machine at %s',
    (host) => {
      expect(issues({ sources: { web: '../web' }, host }, shop({ sources: { web: mounted } }))).toEqual([]);
    },
  );

  test('for two sources that one service would be built from', () => {
    const both = shop({ sources: { other: mounted, web: mounted } });
    expect(issues({ sources: { other: '../other', web: '../web' } }, both)).toEqual([
      error(
        'slipway:sources.other',
        `"api" can't be built both from it and from slipway:sources.web`,
        'one of the two',
      ),
    ]);
    expect(issues({ sources: { other: '../other' } }, both)).toEqual([]);
  });
});

test('an image that no service runs any more is a warning', () => {
  const sources = { web: '../web', engine: '../engine' };
  expect(issues({ sources, images: { app: 'app:1' } })).toEqual([
    {
      severity: 'warning',
      path: 'slipway:images.app',
      message:
        'no service runs this image: those that would are built from slipway:sources.engine, slipway:sources.web',
      accepted: 'leave it out, or the sources',
    },
  ]);
  expect(issues({ sources: { web: '../web' }, images: { app: 'app:1' } })).toEqual([]);
});

describe('the description of sources is refused', () => {
  test.each<[string, object, Issue]>([
    [
      'for a service that does not exist',
      { services: { apii: {} } },
      error('shop:sources.web.services.apii', 'no service "apii"', 'did you mean "api"? known: api, queue'),
    ],
    [
      'for a task that does not exist',
      { tasks: { seed: { command: ['seed'] } } },
      error('shop:sources.web.tasks.seed', 'no task "seed"', 'there are none'),
    ],
    [
      'for a mount where something else is',
      { services: { api: { changes: { tmpfs: { '/app': {} } } } } },
      error(
        'shop:services.api',
        'mounts two things at /app',
        'one volume, tmpfs, folder of files or of sources a path',
      ),
    ],
    [
      'for a change that a service does not know',
      { services: { api: { changes: { comand: ['x'] } } } },
      expect.objectContaining({ path: 'shop:services.api.comand', message: 'unknown key "comand"' }) as never,
    ],
    [
      'for changes that are no map',
      { services: { api: { changes: ['x'] } } },
      error('shop:sources.web.services.api.changes', 'needs to be a map'),
    ],
  ])('%s', (_, own, expected) => {
    const sources = { web: { ...mounted, ...own } };
    expect(issues({ sources: { web: '../web' } }, shop({ sources }))).toEqual([expected]);
  });
});

describe('a host', () => {
  const facts: HostFacts = {
    cpus: 8,
    memory: 2 ** 34,
    usedPorts: [],
    usedSubnets: [],
    isLocal: true,
    missingImages: {},
    sources: {},
    replicas: [],
  };
  const plan = planOf(resolveShop(shop(), { values: { sources: { web: '../web', engine: '/srv/engine' } } }));
  const good: HostFacts['sources'] = {
    web: { isFolder: true, stages: ['base', 'production'] },
    engine: { isFolder: true, stages: [''] },
  };

  test('that has the folders builds them', () => {
    expect(checkHost(plan, { ...facts, sources: good })).toEqual([]);
  });

  test.each<[string, HostFacts['sources'], Issue]>([
    [
      'lacks a folder',
      { ...good, web: { isFolder: false } },
      error(
        'slipway:sources.web',
        'there is no folder ../web',
        'the path of a folder, absolute or relative to the project',
      ),
    ],
    [
      'has a folder without a Dockerfile',
      { ...good, engine: { isFolder: true } },
      error(
        'slipway:sources.engine',
        'there is no Dockerfile in /srv/engine that can be read',
        'a folder with that file in it',
      ),
    ],
    [
      'has a Dockerfile without the stage',
      { ...good, web: { isFolder: true, stages: ['base', '', 'dev'] } },
      error(
        'slipway:sources.web',
        'Dockerfile in ../web has no stage "production"',
        'a stage of that name; it has base, dev',
      ),
    ],
    [
      'has a Dockerfile without names of stages',
      { ...good, web: { isFolder: true, stages: [''] } },
      error(
        'slipway:sources.web',
        'Dockerfile in ../web has no stage "production"',
        'a stage of that name; none of its stages has a name',
      ),
    ],
  ])('that %s is refused, once for all images of the sources', (_, sources, expected) => {
    expect(checkHost(plan, { ...facts, sources })).toEqual([expected]);
  });

  test('on another machine, found by no configuration, mounts nothing', () => {
    const described = shop({ sources: { web: mounted } });
    const mounting = planOf(resolveShop(described, { values: { sources: { web: '../web' } } }));
    const sources = { web: { isFolder: true, stages: [''] } };
    expect(checkHost(mounting, { ...facts, sources })).toEqual([]);
    expect(checkHost(mounting, { ...facts, sources, isLocal: false })).toEqual([
      error(
        'slipway:sources.web',
        'its folder is mounted in containers, and the one that answers is no engine of this machine',
        'an engine of this machine (unix:///path, tcp://127.0.0.1:port), or an environment that mounts nothing (test, prod)',
      ),
    ]);
    expect(checkHost(plan, { ...facts, sources: good, isLocal: false })).toEqual([]);
  });
});

import { describe, expect, test } from '@jest/globals';
import { renderPlan } from '../../../../config/plan/render.ts';
import type { SystemDescription } from '../../../../config/schema/system.ts';
import { planOf, resolveShop, service, system, type Stack } from '../fixture.ts';

const web = {
  description: 'The web application.',
  uid: 33,
  gid: 34,
  services: {
    api: { changes: { command: ['serve'], environment: { MODE: 'web', LEVEL: null } } },
    queue: {},
  },
} satisfies NonNullable<SystemDescription['sources']>[string];

const engine = {
  description: 'The engine.',
  args: { SERVICE: '${service}', EDITION: 'full' },
  target: 'runtime',
  uid: 1000,
  gid: 1000,
  services: { history: {}, migrate: { args: { SERVICE: 'history' }, changes: { command: ['--migrate'] } } },
} satisfies NonNullable<SystemDescription['sources']>[string];

function shop(changes: Partial<SystemDescription> = {}): SystemDescription {
  return system(
    {
      api: service({ command: ['api'], environment: { LEVEL: 'info', NAME: 'shop' } }),
      queue: service(),
      history: service(),
      migrate: service({ kind: 'job' }),
    },
    {
      tasks: {
        seed: { description: 'Seeds.', service: 'api', command: ['seed'] },
        clear: { description: 'Clears.', service: 'api', command: ['clear'] },
      },
      sources: { web, engine },
      ...changes,
    },
  );
}

const sources = { web: '../web', engine: '/srv/engine' };

function plan(description: SystemDescription, stack: Stack): ReturnType<typeof planOf> {
  return planOf(resolveShop(description, stack));
}

describe('a stack without sources', () => {
  test('has the plan that it had before the system described any', () => {
    const { sources: _, ...before } = shop();
    expect(plan(shop(), {})).toEqual(plan(before, {}));
  });
});

describe('a stack with sources', () => {
  test('builds one image of them for all their services, and one a service where arguments tell services apart', () => {
    expect(plan(shop(), { values: { sources } }).images).toEqual([
      {
        name: 'engine-history',
        source: { name: 'engine' },
        build: {
          context: '/srv/engine',
          dockerfile: 'Dockerfile',
          target: 'runtime',
          args: { EDITION: 'full', SERVICE: 'history' },
        },
        uid: 1000,
        gid: 1000,
      },
      {
        name: 'engine-migrate',
        source: { name: 'engine' },
        build: {
          context: '/srv/engine',
          dockerfile: 'Dockerfile',
          target: 'runtime',
          args: { EDITION: 'full', SERVICE: 'history' },
        },
        uid: 1000,
        gid: 1000,
      },
      {
        name: 'web',
        source: { name: 'web' },
        build: { context: '../web', dockerfile: 'Dockerfile', args: {} },
        uid: 33,
        gid: 34,
      },
    ]);
  });

  test('runs its services from them, with what is different about each and as their user', () => {
    const { services } = plan(shop(), { values: { sources } });
    expect(services).toMatchObject([
      {
        name: 'api',
        image: 'slipway/web',
        imageName: 'web',
        user: '33:34',
        command: ['serve'],
        environment: { MODE: 'web', NAME: 'shop' },
        binds: [],
      },
      { name: 'history', image: 'slipway/engine-history' },
      { name: 'migrate', image: 'slipway/engine-migrate', command: ['--migrate'] },
      { name: 'queue', image: 'slipway/web' },
    ]);
    expect(services[0]?.environment).not.toHaveProperty('LEVEL');
  });

  test('leaves services of sources that it has not chosen alone', () => {
    const { services, images } = plan(shop(), { values: { sources: { web: '../web' } } });
    expect(services.map(({ name, imageName }) => [name, imageName])).toEqual([
      ['api', 'web'],
      ['history', 'app'],
      ['migrate', 'app'],
      ['queue', 'web'],
    ]);
    expect(images.map(({ name }) => name)).toEqual(['app', 'web']);
  });

  test('never takes an image of theirs for one of the system, nor one of the system for theirs', () => {
    const images = { web: { reference: 'nginx:1', uid: 101, gid: 101 } };
    const described = shop({ images: { ...images, app: { reference: 'app:1', uid: 1, gid: 1 } } });
    const values = { sources: { web: '../web' }, services: { history: { image: 'web' } } };
    const { services } = plan(described, { values });
    expect(services.map(({ name, image }) => [name, image])).toEqual([
      ['api', 'slipway/web-source'],
      ['history', 'nginx:1'],
      ['migrate', 'app:1'],
      ['queue', 'slipway/web-source'],
    ]);
  });

  test('lets what it sets itself win', () => {
    const values = { sources, services: { api: { env: { MODE: 'own' }, replicas: 2 } } };
    expect(plan(shop(), { values }).services[0]).toMatchObject({ environment: { MODE: 'own' }, replicas: 2 });
  });

  test('mounts them, and says what it builds again for, only in the environment that says where', () => {
    const described = shop({
      environments: {
        dev: { sources: { web: { target: 'development', mount: '/app', rebuildOn: ['etc', 'Dockerfile'] } } },
        test: {},
        prod: { sources: { web: { target: 'production' } } },
      },
    });
    const dev = plan(described, { values: { sources } });
    expect(dev.services[0]?.binds).toEqual([{ source: '../web', path: '/app', readOnly: false }]);
    expect(dev.services[1]?.binds).toEqual([]);
    expect(dev.images.at(-1)).toMatchObject({
      source: { name: 'web', rebuildOn: ['.dockerignore', 'Dockerfile', 'Dockerfile.dockerignore', 'etc'] },
      build: { target: 'development' },
    });
    const text = renderPlan(dev);
    expect(text).toContain('  folder /app: ../web\n');
    expect(text).toContain(
      '  web: built from sources web, ../web/Dockerfile, target development, again only when one of .dockerignore ' +
        'Dockerfile Dockerfile.dockerignore etc changes, runs as 33:34\n',
    );
    const prod = plan(described, { values: { sources, environment: 'prod' } });
    expect(prod.services.flatMap(({ binds }) => binds)).toEqual([]);
    expect(prod.images.at(-1)).toEqual({
      name: 'web',
      source: { name: 'web' },
      build: { context: '../web', dockerfile: 'Dockerfile', target: 'production', args: {} },
      uid: 33,
      gid: 34,
    });
  });

  test('runs other commands for tasks, and has none of what the sources have not', () => {
    const tasks = { seed: { command: ['artisan', 'seed'] }, clear: null };
    const described = shop({ sources: { web: { ...web, tasks }, engine } });
    expect(plan(described, { values: { sources } }).tasks).toMatchObject([
      { name: 'seed', description: 'Seeds.', command: ['artisan', 'seed'] },
    ]);
    expect(plan(described, {}).tasks).toHaveLength(2);
  });

  test('has the smoke test of the sources, or none', () => {
    const smoke = {
      service: 'api',
      port: 'http',
      start: { method: 'POST', path: '/', body: {} },
      poll: { path: '/{id}', done: 'done', failed: [] },
    } satisfies SystemDescription['smoke'];
    const services = { ...shop().services, api: service({ ports: { http: { container: 80 } } }) };
    const described = (own: object): SystemDescription =>
      shop({ services, smoke, sources: { web: { ...web, ...own }, engine } });
    const stack = { values: { sources } };
    expect(plan(described({}), stack).smoke).toMatchObject({ start: { path: '/' } });
    expect(plan(described({ smoke: { start: { path: '/other' } } }), stack).smoke).toMatchObject({
      start: { method: 'POST', path: '/other' },
    });
    expect(plan(described({ smoke: null }), stack)).not.toHaveProperty('smoke');
    expect(plan(described({ smoke: null }), {}).smoke).toMatchObject({ service: 'api' });
  });
});

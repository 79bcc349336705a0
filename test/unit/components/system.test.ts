import { beforeAll, describe, expect, test } from '@jest/globals';
import * as pulumi from '@pulumi/pulumi';
import type { Plan } from '../../../config/plan/types.ts';
import { dockerHost } from '../../../components/engines/docker-host/engine.ts';
import { System } from '../../../components/system.ts';
import { plannedService } from './planned-service.ts';

const PLAN: Plan = {
  system: 'shop',
  environment: 'dev',
  stack: 'dev',
  prefix: 'shop-dev',
  profiles: [],
  pool: '10.213.0.0/16',
  services: [
    plannedService({
      name: 'app',
      replicas: 2,
      dependsOn: [
        { service: 'db', condition: 'healthy' },
        { service: 'migrate', condition: 'completed' },
      ],
      networks: [
        { network: 'door-app', aliases: ['app'], join: 'healthy' },
        { network: 'home', aliases: [], join: 'create' },
      ],
      secrets: [{ name: 'DB_URL', secret: 'DB_URL', path: '/run/secrets/DB_URL', mode: '0400', uid: 1000, gid: 1000 }],
      environment: { LEVEL: 'info' },
      environmentSecrets: [{ name: 'TOKEN', secret: 'SET' }],
      secretDates: { path: '/etc/app/dates.yml', mode: '0444', uid: 1000, gid: 1000 },
      files: ['/etc/shown/pages', '/etc/known/pages'].map((folder) => ({
        ...{ path: `${folder}/index`, content: folder, mode: '0444', uid: 1000, gid: 1000 },
      })),
    }),
    plannedService({
      name: 'db',
      imageName: 'db',
      singleton: true,
      ports: [
        { name: 'http', container: 8080, published: 18_080, address: '0.0.0.0', protocol: 'tcp' },
        { name: 'sql', container: 5432, published: 'free', address: '127.0.0.1', protocol: 'tcp' },
      ],
      networks: [{ network: 'home', aliases: ['db'], join: 'create' }],
      volumes: [{ volume: 'db-data', path: '/data', readOnly: false }],
      rollout: {
        order: 'deleteFirst',
        parallelism: 1,
        minReadyMs: 0,
        healthTimeoutMs: 60_000,
        drainMs: 0,
        stopGraceMs: 10_000,
      },
    }),
    plannedService({
      name: 'migrate',
      kind: 'job',
      dependsOn: [{ service: 'db', condition: 'healthy' }],
      binds: [{ source: '../app', path: '/app', readOnly: false }],
      environmentSecrets: [{ name: 'TOKEN', secret: 'SET' }],
    }),
  ],
  images: [
    { name: 'app', build: { context: 'images/app', dockerfile: 'Dockerfile', args: {} }, uid: 1000, gid: 1000 },
    { name: 'db', reference: 'postgres:16', uid: 999, gid: 999 },
    { name: 'unused', reference: 'nginx:1', uid: 0, gid: 0 },
  ],
  networks: [
    { name: 'door-app', internal: true, addresses: 8 },
    { name: 'home', internal: true, addresses: 16 },
  ],
  volumes: [{ name: 'db-data', service: 'db', description: 'Rows.' }],
  databases: [
    {
      ...{ kind: 'postgres', name: 'orders', service: 'db', owner: 'shop_orders', password: 'ORDERS_PASSWORD' },
      ...{ admin: 'shop', extensions: ['citext'] },
    },
    { kind: 'redis', name: 'carts', service: 'db', index: 3 },
  ],
  tasks: [],
  smoke: {
    service: 'db',
    port: 'sql',
    start: { method: 'POST', path: '/', body: {} },
    poll: { path: '/{id}', done: 'done', failed: [] },
    timeoutMs: 1000,
    urls: [
      { label: 'App', service: 'app', port: 'http', path: '/' },
      { label: 'Database', service: 'db', port: 'sql', path: '' },
      { label: 'Console', service: 'db', port: 'http', path: '/console' },
    ],
  },
  secrets: [
    {
      name: 'DB_PASSWORD',
      description: 'Opens the database.',
      source: 'generated',
      format: { kind: 'password', length: 32 },
      services: ['app'],
      postgresRole: { service: 'db', role: 'shop' },
    },
    {
      name: 'ORDERS_PASSWORD',
      description: 'Opens the orders.',
      source: 'generated',
      format: { kind: 'password', length: 32 },
      services: ['app'],
      postgresRole: { service: 'db', role: 'shop_orders', database: 'orders' },
    },
    {
      name: 'SMTP_KEY',
      description: 'Of a third party.',
      source: 'missing',
      format: { kind: 'password', length: 32 },
      services: [],
      providedOnly: true,
    },
    {
      name: 'SET',
      description: 'Set by somebody.',
      source: 'provided',
      format: { kind: 'password', length: 32 },
      services: ['app'],
    },
    {
      name: 'DB_URL',
      description: 'Where the database is.',
      source: 'derived',
      format: { kind: 'template', template: 'db://:${DB_PASSWORD|url}@db' },
      services: ['app'],
    },
  ],
};

interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

const recorded: Recorded[] = [];
let urls: unknown;

const OUTPUTS: Readonly<Record<string, (name: string) => object>> = {
  'random:index/randomPassword:RandomPassword': () => ({ result: pulumi.secret('a/b') }),
  'random:index/randomId:RandomId': () => ({ hex: 'cafe0123' }),
  'docker:index/remoteImage:RemoteImage': (name) => ({ imageId: `sha256:${name}` }),
  'docker:index/network:Network': (name) => ({ name: `${name}-1234567` }),
  'docker:index/volume:Volume': (name) => ({ name: `${name}-1234567` }),
  'slipway:index:Subnets': () => ({ subnets: { home: '10.213.0.0/27', 'door-app': '10.213.0.32/28' } }),
  'slipway:index:SecretDates': () => ({ since: { SET: '2026-01-01T00:00:00.000Z' } }),
  'slipway:index:Ports': () => ({ ports: { 'db.sql': 20_007 } }),
  'slipway:index:Files': (name) => ({ volume: `${name}-1234567` }),
};

beforeAll(async () => {
  await pulumi.runtime.setMocks(
    {
      call: () => ({}),
      newResource: ({ type, name, inputs }) => {
        recorded.push({ type, name, inputs: inputs as Record<string, unknown> });
        return { id: `${name}-id`, state: { ...(inputs as object), ...OUTPUTS[type]?.(name) } };
      },
    },
    'slipway',
    'dev',
  );
  const system = new System('shop', {
    plan: PLAN,
    running: new Set(['app-1']),
    note: { by: 'tester@here' },
    version: '1.2.3',
    provided: (name) => pulumi.output(`set ${name}`),
    engine: dockerHost({
      host: 'unix:///var/run/docker.sock',
      project: '/work/project',
      contexts: new Map([['app', { path: 'images/app', digest: '0123456789ab', asks: [] }]]),
      machineBuildArgs: { APT_MIRROR: 'http://mirror.example' },
    }),
  });
  system.urls.apply((value) => (urls = value));
  await pulumi.runtime.disconnect();
});

function inputsOf(type: string, name: string): Record<string, unknown> {
  const found = recorded.filter((resource) => resource.type === type && resource.name === name);
  expect(found).toHaveLength(1);
  return found[0]?.inputs ?? {};
}

describe('System', () => {
  test('makes exactly the resources of the plan, each under a name of its own', () => {
    expect(recorded.map(({ type, name }) => `${type.split(':').at(-1) ?? ''} ${name}`).sort()).toEqual([
      'Container shop-dev-app-1',
      'Container shop-dev-app-2',
      'Container shop-dev-db-1',
      'Files app-app',
      'Files app-etc-known-pages',
      'Files app-etc-shown-pages',
      'Files app-secrets',
      'Foundation shop-dev',
      'Job migrate',
      'Network shop-dev-door-app',
      'Network shop-dev-home',
      'Ports ports',
      'PostgresDatabase db-orders',
      'PostgresRole db-shop',
      'PostgresRole db-shop_orders',
      'RandomId instance',
      'RandomPassword DB_PASSWORD',
      'RandomPassword ORDERS_PASSWORD',
      'RandomPassword SET',
      'Release release',
      'RemoteImage app',
      'RemoteImage db',
      'Replica app-1',
      'Replica app-2',
      'Replica db-1',
      'SecretDates app-secret-dates',
      'Service app',
      'Service db',
      'Service migrate',
      'Subnets subnets',
      'System shop',
      'Volume shop-dev-db-data',
      'docker docker',
      'slipway slipway',
    ]);
  });

  test('names a built image by what it is built from', () => {
    expect(inputsOf('docker:index/remoteImage:RemoteImage', 'app')).toMatchObject({
      name: 'slipway/app:0123456789ab',
      keepLocally: true,
      build: { context: 'images/app', buildArgs: { APT_MIRROR: 'http://mirror.example' } },
    });
    expect(inputsOf('docker:index/remoteImage:RemoteImage', 'db')).toMatchObject({ name: 'postgres:16' });
  });

  test('records the release: plan, images and the values of secrets, which are secret', () => {
    const { plan, images, secrets, ...rest } = inputsOf('slipway:index:Release', 'release');
    expect(JSON.parse(String(plan))).toEqual(PLAN);
    expect(images).toEqual({
      app: { id: 'sha256:app', name: 'slipway/app:0123456789ab' },
      db: { id: 'sha256:db', name: 'postgres:16' },
    });
    // What nobody has set has no value.
    expect(secrets).toMatchObject({ value: { DB_PASSWORD: 'a/b', DB_URL: 'db://:a%2Fb@db', SET: 'set SET' } });
    expect(JSON.stringify(plan)).not.toContain('a/b');
    expect(rest).toEqual({ note: { by: 'tester@here' }, version: '1.2.3' });
  });

  test('lets a container join what it joins at creation, and its gate the rest', () => {
    const container = inputsOf('docker:index/container:Container', 'shop-dev-app-1');
    expect(container['networksAdvanced']).toEqual([{ name: 'shop-dev-home-1234567', aliases: [] }]);
    expect(inputsOf('slipway:index:Replica', 'app-1')).toMatchObject({
      container: 'shop-dev-app-1-id',
      networks: { 'shop-dev-door-app-1234567': ['app'] },
    });
  });

  test('labels what it makes with whose it is', () => {
    const { labels } = inputsOf('docker:index/container:Container', 'shop-dev-app-2');
    expect(labels).toEqual(
      expect.arrayContaining([
        { label: 'slipway.instance', value: 'cafe0123' },
        { label: 'slipway.replica', value: '2' },
        { label: 'slipway.service', value: 'app' },
      ]),
    );
  });

  test('delivers secrets as files of who reads them, derived ones with their parts filled in', () => {
    const { files } = inputsOf('slipway:index:Files', 'app-secrets');
    // The whole map is marked secret: what was asked for stands in `value`.
    expect(files).toMatchObject({
      value: { DB_URL: { content: 'db://:a%2Fb@db', mode: '0400', uid: 1000, gid: 1000 } },
    });
    expect(JSON.stringify(inputsOf('docker:index/container:Container', 'shop-dev-app-1'))).not.toContain('a%2Fb');
  });

  test('tells when secrets got their values by dates alone, of those that are set or generated', () => {
    expect(inputsOf('slipway:index:SecretDates', 'app-secret-dates')['secrets']).toMatchObject({
      value: { DB_PASSWORD: 'a/b', ORDERS_PASSWORD: 'a/b', SET: 'set SET' },
    });
    const { files } = inputsOf('slipway:index:Files', 'app-app');
    expect(files).toMatchObject({ value: { 'dates.yml': { mode: '0444', uid: 1000, gid: 1000 } } });
    expect(JSON.stringify(files)).toContain('vector(1767225600)');
    expect(JSON.stringify(files)).not.toContain('a/b');
  });

  test('delivers what is to be a variable in the environment, marked secret, and tells the gate of it', () => {
    // Mocks mark the whole of a list or map that holds a secret.
    const { envs } = inputsOf('docker:index/container:Container', 'shop-dev-app-1');
    expect(envs).toMatchObject({ value: ['LEVEL=info', 'TOKEN=set SET'] });
    expect(inputsOf('slipway:index:Replica', 'app-1')['environment']).toMatchObject({
      value: { LEVEL: 'info', TOKEN: 'set SET' },
    });
    expect(inputsOf('slipway:index:Job', 'migrate')['environment']).toMatchObject({ value: { TOKEN: 'set SET' } });
    expect(inputsOf('docker:index/container:Container', 'shop-dev-db-1')['envs']).toEqual([]);
    expect(inputsOf('slipway:index:Replica', 'db-1')).not.toHaveProperty('environment');
  });

  test('sets the password of a role in the database once that is healthy', () => {
    expect(inputsOf('slipway:index:PostgresRole', 'db-shop')).toMatchObject({
      container: 'shop-dev-db-1-id',
      role: 'shop',
      user: 'shop',
      password: { value: 'a/b' },
    });
  });

  test('makes a database in its server, then sets the password of its owner there', () => {
    expect(inputsOf('slipway:index:PostgresDatabase', 'db-orders')).toEqual({
      ...{ service: 'db', container: 'shop-dev-db-1-id', database: 'orders' },
      ...{ owner: 'shop_orders', admin: 'shop', extensions: ['citext'] },
    });
    expect(inputsOf('slipway:index:PostgresRole', 'db-shop_orders')).toMatchObject({
      ...{ role: 'shop_orders', user: 'shop_orders', database: 'orders', password: { value: 'a/b' } },
    });
    const names = recorded.map(({ name }) => name);
    expect(names.indexOf('db-orders')).toBeLessThan(names.indexOf('db-shop_orders'));
    expect(names.indexOf('db-shop_orders')).toBeLessThan(names.indexOf('shop-dev-app-1'));
  });

  test('gives a database its volume by the name that it has on the host', () => {
    expect(inputsOf('docker:index/container:Container', 'shop-dev-db-1')).toMatchObject({
      volumes: [{ volumeName: 'shop-dev-db-data-1234567', containerPath: '/data', readOnly: false }],
    });
  });

  test('gives a job folders of the host by their absolute paths', () => {
    expect(inputsOf('slipway:index:Job', 'migrate')).toMatchObject({
      folders: [{ source: '/work/app', path: '/app', readOnly: false }],
    });
  });

  test('has ports chosen that are to be free, beside those that have a number', () => {
    expect(inputsOf('slipway:index:Ports', 'ports')).toEqual({
      stack: 'shop-dev',
      wanted: { 'db.sql': { address: '127.0.0.1', protocol: 'tcp' } },
      reserved: [18_080],
      labels: { 'slipway.instance': 'cafe0123', 'slipway.stack': 'dev' },
    });
    expect(inputsOf('docker:index/container:Container', 'shop-dev-db-1')['ports']).toEqual([
      { internal: 8080, external: 18_080, ip: '0.0.0.0', protocol: 'tcp' },
      { internal: 5432, external: 20_007, ip: '127.0.0.1', protocol: 'tcp' },
    ]);
  });

  test('shows addresses with the ports that were chosen, and none where none is published', () => {
    expect(urls).toEqual({ Console: 'http://127.0.0.1:18080/console', Database: '127.0.0.1:20007' });
  });
});

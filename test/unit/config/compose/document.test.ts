import { describe, expect, test } from '@jest/globals';
import { composeDocument, projectName } from '../../../../config/compose/document.ts';
import type { SystemDescription } from '../../../../config/schema/system.ts';
import { planOf, resolveShop, service, system } from '../fixture.ts';

const shop = (changes: Partial<SystemDescription> = {}): SystemDescription =>
  system(
    {
      api: service({ ports: { http: { container: 8000, published: 8000 } }, dependsOn: { db: 'healthy' } }),
      db: service({
        image: 'postgres',
        volumes: { data: '/data' },
        healthcheck: { test: ['CMD', 'true'], interval: '10s', timeout: '5s', retries: 3 },
      }),
    },
    {
      images: {
        app: { build: { context: 'images/app' }, uid: 1000, gid: 1000 },
        postgres: { reference: 'postgres:16', uid: 999, gid: 999 },
      },
      volumes: { data: { description: 'All there is.' } },
      ...changes,
    },
  );
const plan = planOf(resolveShop(shop()));
const args = { tags: new Map([['app', 'slipway/app:0123456789ab']]), project: '/project' };

describe('composeDocument', () => {
  test('holds the services, networks and volumes of a plan, in this order', () => {
    const document = composeDocument(plan, args);
    expect(Object.keys(document)).toEqual(['name', 'services', 'networks', 'volumes']);
    expect(document).toMatchObject({
      name: 'shop-dev-compose',
      services: {
        api: { image: 'slipway/app:0123456789ab', build: './images/app', networks: ['egress', 'home'] },
        db: { image: 'postgres:16', networks: ['home'] },
      },
    });
    expect(document.networks).toEqual({ egress: {}, home: { internal: true } });
    expect(document.volumes).toEqual({ data: {} });
  });

  test('takes the volumes of the stack over by their names on the host', () => {
    const adopted = new Map([['data', 'shop-dev-data-0a1b2c3']]);
    expect(composeDocument(plan, { ...args, adopted }).volumes).toEqual({
      data: { external: true, name: 'shop-dev-data-0a1b2c3' },
    });
    expect(() => composeDocument(plan, { ...args, adopted: new Map() })).toThrow('volume "data"');
  });

  test('names no volumes where there are none', () => {
    const none = planOf(resolveShop(system({ api: service() })));
    expect(composeDocument(none, args)).not.toHaveProperty('volumes');
  });

  test('says how an image is built where that is not plain', () => {
    const build = { context: 'images/app', dockerfile: 'Dockerfile.prod', target: 'run', args: { A: '1' } };
    const images = { ...shop().images, app: { build, uid: 1000, gid: 1000 } };
    const { services } = composeDocument(planOf(resolveShop(shop({ images }))), args);
    expect(services['api']?.build).toEqual({
      context: './images/app',
      dockerfile: 'Dockerfile.prod',
      target: 'run',
      args: { A: '1' },
    });
  });

  test('gives the same document for the same plan, key by key', () => {
    const text = JSON.stringify(composeDocument(plan, args));
    expect(JSON.stringify(composeDocument(planOf(resolveShop(shop())), args))).toBe(text);
  });
});

test.each([
  ['linkflow-dev', 'linkflow-dev-compose'],
  ['linkflow-Prod.eu', 'linkflow-prod-eu-compose'],
])('the project of %s is %s', (prefix, expected) => {
  expect(projectName({ prefix })).toBe(expected);
});

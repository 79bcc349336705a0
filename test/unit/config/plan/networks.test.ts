import { describe, expect, test } from '@jest/globals';
import type { Attachment, Plan } from '../../../../config/plan/types.ts';
import { planOf, resolveShop, service, system } from '../fixture.ts';

/** A shop: web is published and calls api, which calls the database; mail is called by nobody and is off. */
const shop = system(
  {
    web: service({ ports: { http: { container: 80, published: 8080 } }, calls: ['api'] }),
    api: service({ bounds: { max: 4 }, calls: ['db'] }),
    worker: service({ bounds: { max: 6 }, egress: true, calls: ['api', 'db'] }),
    mail: service({ profiles: ['mail'], bounds: { max: 3 }, calls: ['api', 'stats'] }),
    stats: service({ bounds: { max: 2 } }),
    db: service({ singleton: true, volumes: { data: '/data' } }),
  },
  { volumes: { data: { description: 'Data.' } } },
);

function attachmentsOf({ services }: Plan, name: string): readonly Attachment[] | undefined {
  return services.find((candidate) => candidate.name === name)?.networks;
}

const plan = planOf(resolveShop(shop));
const home: Attachment = { network: 'home', aliases: [], join: 'create' };
const egress: Attachment = { network: 'egress', aliases: [], join: 'create' };

describe('a service', () => {
  test('that is replaced delete-first is found at home from its creation', () => {
    expect(attachmentsOf(plan, 'db')).toEqual([{ ...home, aliases: ['db'] }]);
  });

  test('that rolls create-first has its name on its door, and only once it is healthy', () => {
    expect(attachmentsOf(plan, 'api')).toEqual([{ network: 'door-api', aliases: ['api'], join: 'healthy' }, home]);
  });

  test('that publishes a port has a way out', () => {
    expect(attachmentsOf(plan, 'web')).toEqual([
      { network: 'door-api', aliases: [], join: 'create' },
      egress,
      { ...home, aliases: ['web'] },
    ]);
  });

  test('that declares it has a way out, and joins the doors of those that it calls', () => {
    expect(attachmentsOf(plan, 'worker')).toEqual([{ network: 'door-api', aliases: [], join: 'create' }, egress, home]);
  });

  test('that nobody calls has no door', () => {
    expect(attachmentsOf(plan, 'stats')).toEqual([home]);
  });
});

describe('the networks of a stack', () => {
  test('hold everybody at the maximum, twice over, those whose profile is off too', () => {
    expect(plan.networks).toEqual([
      { name: 'door-api', internal: true, addresses: 2 * (4 + 10 + 6 + 3) },
      { name: 'egress', internal: false, addresses: 2 * (10 + 6) },
      { name: 'home', internal: true, addresses: 2 * (10 + 4 + 6 + 3 + 2 + 1) },
    ]);
  });

  test('stay as they are when a profile is turned on, but for doors that become needed', () => {
    const { networks } = planOf(resolveShop(shop, { values: { profiles: ['mail'] } }));
    expect(networks.filter(({ name }) => name !== 'door-stats')).toEqual(plan.networks);
    expect(networks.find(({ name }) => name === 'door-stats')?.addresses).toBe(2 * (2 + 3));
  });

  test('have no way out if nobody needs one', () => {
    const alone = planOf(resolveShop(system({ api: service() })));
    expect(alone.networks).toEqual([{ name: 'home', internal: true, addresses: 20 }]);
  });
});

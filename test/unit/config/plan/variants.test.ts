import { describe, expect, test } from '@jest/globals';
import { error, planOf, resolveLinkflow, resolveShop, service, system } from '../fixture.ts';

const shop = system(
  { web: service() },
  {
    environments: { dev: { services: { web: { replicas: 2 } } }, test: {}, prod: {} },
    variants: {
      large: { description: 'Much of it.', overlay: { services: { web: { replicas: 4 } } } },
      larger: { description: 'More of it.', overlay: { services: { web: { replicas: 6 } } } },
      guarded: { description: 'Prod alone.', environments: ['prod'], overlay: {} },
    },
  },
);
const replicas = (values: Readonly<Record<string, unknown>>) =>
  planOf(resolveShop(shop, { values })).services[0]?.replicas;

describe('variants', () => {
  test('are laid over the environment, one over the other, below what the stack says itself', () => {
    expect(replicas({})).toBe(2);
    expect(replicas({ variants: ['large'] })).toBe(4);
    expect(replicas({ variants: ['large', 'larger'] })).toBe(6);
    expect(replicas({ variants: ['larger', 'large'] })).toBe(4);
    expect(replicas({ variants: ['large'], services: { web: { replicas: 3 } } })).toBe(3);
  });

  test('stand in the plan', () => {
    expect(planOf(resolveShop(shop, { values: { variants: ['larger', 'large'] } })).variants).toEqual([
      'larger',
      'large',
    ]);
    expect(planOf(resolveShop(shop))).not.toHaveProperty('variants');
  });

  test('are refused where there is no such, or none for the environment', () => {
    expect(resolveShop(shop, { values: { variants: ['lrage', 'guarded'] } }).issues).toEqual([
      error('slipway:variants', 'no variant "lrage"', 'did you mean "large"? known: guarded, large, larger'),
      error('slipway:variants', 'variant "guarded" is none of dev', 'a stack of prod'),
    ]);
  });
});

test('LinkFlow’s Redis over TLS: no plain port, and every client of it knows the authority', () => {
  const plan = planOf(resolveLinkflow({ stack: 'prod', values: { variants: ['redis-tls'] } }));
  const redis = plan.services.find(({ name }) => name === 'redis');
  expect(redis?.command.join(' ')).toContain('--port 0 --tls-port 6379');
  const clients = plan.services.filter(({ calls }) => calls.includes('redis'));
  expect(clients.length).toBeGreaterThan(5);
  for (const { name, secrets, environment } of clients) {
    expect([name, secrets.map(({ secret }) => secret)]).toEqual([name, expect.arrayContaining(['REDIS_CA'])]);
    expect([name, environment['SSL_CERT_FILE']]).toEqual([name, '/run/secrets/REDIS_CA']);
  }
  expect(plan.secrets.find(({ name }) => name === 'REDIS_URL')?.format).toMatchObject({
    template: expect.stringMatching(/^rediss:/) as unknown,
  });
});

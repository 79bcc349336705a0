import { describe, expect, test } from '@jest/globals';
import type { SystemInput } from '../../../../config/schema/system.ts';
import { error, outcome, planOf, resolveShop, service, system } from '../fixture.ts';

type Databases = NonNullable<SystemInput['databases']>;

const password = { description: 'A password.', format: { kind: 'password' as const } };
const secrets = {
  A: password,
  B: password,
  URL: { ...password, format: { kind: 'template' as const, template: '${A}' } },
};
const servers = {
  db: service({ singleton: true, environment: { POSTGRES_USER: 'root' } }),
  cache: service({ singleton: true, command: ['redis-server', '--databases', '4'] }),
};

function shop(databases: Databases, more: Partial<SystemInput> = {}) {
  return resolveShop(system(servers, { secrets, databases, ...more }));
}

function postgres(owner: string, secret: string, more: object = {}): Databases[string] {
  return { kind: 'postgres', service: 'db', owner, password: secret, ...more };
}

describe('databases', () => {
  test('are in the plan, sorted, with who makes them; a password with the role that it belongs to', () => {
    const described = { orders: postgres('${user}_orders', 'A', { extensions: ['pgcrypto', 'citext'] }) };
    const plan = planOf(
      shop({ ...described, carts: { kind: 'redis', service: 'cache', index: 3 } }, { parameters: { user: 'shop' } }),
    );
    expect(plan.databases).toEqual([
      { name: 'carts', kind: 'redis', service: 'cache', index: 3 },
      {
        ...{ name: 'orders', kind: 'postgres', service: 'db', owner: 'shop_orders', password: 'A' },
        ...{ admin: 'root', extensions: ['citext', 'pgcrypto'] },
      },
    ]);
    expect(plan.secrets.find(({ name }) => name === 'A')).toMatchObject({
      postgresRole: { service: 'db', role: 'shop_orders', database: 'orders' },
    });
  });

  test('are not in the plan where their server does not run, or there are none', () => {
    const off = { services: { ...servers, db: { ...servers.db, profiles: ['sql'] } } };
    expect(planOf(shop({ orders: postgres('a', 'A') }, off))).not.toHaveProperty('databases');
    expect(planOf(shop({}))).not.toHaveProperty('databases');
  });

  test.each<[obligation: string, databases: Databases, issue: ReturnType<typeof error>]>([
    [
      'a role owns two',
      { one: postgres('a', 'A'), two: postgres('a', 'B') },
      error('shop:databases.two.owner', 'role "a" owns "one" already, and could open both', 'a role for each database'),
    ],
    [
      'two owners have one password',
      { one: postgres('a', 'A'), two: postgres('b', 'A') },
      error(
        'shop:databases.two.password',
        'A is the password of the owner of "one" already, and whoever has it could open both',
        'a secret for each database',
      ),
    ],
    [
      'an index is used twice',
      {
        one: { kind: 'redis', service: 'cache', index: 1 },
        two: { kind: 'redis', service: 'cache', index: 0 },
        three: { kind: 'redis', service: 'cache', index: 1 },
      },
      error('shop:databases.three.index', 'index 1 is that of "one" already', 'an index that no other has, such as 2'),
    ],
    [
      'the server has no such index',
      { one: { kind: 'redis', service: 'cache', index: 4 } },
      error(
        'shop:databases.one.index',
        '"cache" has 4 logical databases, and none of index 4',
        '0 to 3, or a larger --databases',
      ),
    ],
    [
      'the owner is the superuser',
      { one: postgres('root', 'A') },
      error(
        'shop:databases.one.owner',
        '"root" is the superuser of "db", and can open every database',
        'a role of its own',
      ),
    ],
    [
      'there is no such service',
      { one: { kind: 'redis', service: 'cahce', index: 0 } },
      error('shop:databases.one.service', 'no service "cahce"', 'did you mean "cache"? known: cache, db'),
    ],
    [
      'there is no such secret',
      { one: postgres('a', 'AA') },
      error('shop:databases.one.password', 'no secret "AA"', 'did you mean "A"? known: A, B, URL'),
    ],
    [
      'the password is built from others',
      { one: postgres('a', 'URL') },
      error('shop:databases.one.password', 'URL is no password: it is made of others', 'a secret that is one'),
    ],
    [
      'the server itself has one of that name',
      { template1: postgres('a', 'A') },
      error('shop:databases.template1', 'is a database of the server itself', 'another name'),
    ],
    [
      'its owner is called after a parameter that there is not',
      { one: postgres('${usr}', 'A') },
      error('shop:databases.one.owner', 'no parameter "usr"', 'the system has none'),
    ],
  ])('are refused where %s', (_, databases, issue) => {
    expect(outcome(shop(databases))).toEqual({ issues: [issue] });
  });

  test('are refused where their server may have replicas, and where the password has a rotation of its own', () => {
    const rotation = { postgresRole: { service: 'db', role: 'a' } };
    const { issues } = shop(
      { one: postgres('a', 'A') },
      {
        services: { ...servers, db: service() },
        secrets: { ...secrets, A: { ...password, rotation } },
      },
    );
    expect(issues.map(({ path }) => path)).toEqual([
      'shop:secrets.A.rotation.postgresRole.service',
      'shop:databases.one.service',
      'shop:secrets.A.rotation',
    ]);
  });

  test('may have an index or an owner twice in two servers, and are told of all problems at once', () => {
    const services = { ...servers, other: servers.cache };
    const indexes: Databases = {
      one: { kind: 'redis', service: 'cache', index: 0 },
      two: { kind: 'redis', service: 'other', index: 0 },
    };
    expect(shop(indexes, { services }).issues).toEqual([]);
    const wrong: Databases = { 'Not-a-name': postgres('a', 'A'), two: { kind: 'redis', service: 'cache', index: -1 } };
    expect(
      shop(wrong)
        .issues.map(({ path }) => path)
        .sort(),
    ).toEqual(['shop:databases.Not-a-name', 'shop:databases.two.index']);
  });
});

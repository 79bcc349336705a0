import { describe, expect, test } from '@jest/globals';
import { withKeptData } from '../../../../config/plan/externals.ts';
import type { Issue, Plan } from '../../../../config/plan/types.ts';
import type { SystemDescription } from '../../../../config/schema/system.ts';
import { error, outcome, planOf, resolveShop, service, system, type Stack } from '../fixture.ts';

/** An app on a database, which finds it by address: in a variable, a file and a URL. */
const shop: SystemDescription = system(
  {
    app: service({
      calls: ['db'],
      dependsOn: { db: 'healthy' },
      environment: { DB_HOST: '${db:host}', DB_PORT: '${db:port}', DB_SSLMODE: '${db:sslmode}', DB_CA: '${db:ca}' },
      files: { '/etc/app.conf': { content: 'at ${db:host}:${db:port}' } },
      secrets: { DB_URL: 'DB_URL', DB_PASSWORD: 'DB_PASSWORD' },
    }),
    db: service({
      singleton: true,
      ports: { sql: { container: 5432 } },
      volumes: { data: '/data' },
      secrets: { DB_PASSWORD: 'DB_PASSWORD' },
      logins: [{ protocol: 'postgres', user: '${user}', database: 'shop', password: 'DB_PASSWORD' }],
    }),
    quiet: service(),
  },
  {
    parameters: { user: 'clerk' },
    volumes: { data: { description: 'The data.' } },
    secrets: {
      DB_PASSWORD: {
        description: 'A password.',
        format: { kind: 'password' },
        rotation: { postgresRole: { service: 'db', role: '${user}' } },
      },
      DB_URL: {
        description: 'An address.',
        format: { kind: 'template', template: 'pg://${user}:${DB_PASSWORD|url}@${db:host}:${db:port}/shop' },
      },
    },
    tasks: { sql: { description: 'Opens a shell.', service: 'db', command: ['psql'] } },
  },
);

const somewhere = { db: { external: { host: 'db.example.com' } } };

function external(services: object = somewhere, more: Partial<Stack> = {}): Plan {
  return planOf(resolveShop(shop, { values: { services }, providedSecrets: ['DB_PASSWORD'], ...more }));
}

function issues(services: object, more: Partial<Stack> & { description?: SystemDescription } = {}): readonly Issue[] {
  const { description = shop, ...stack } = more;
  return resolveShop(description, { values: { services }, providedSecrets: ['DB_PASSWORD'], ...stack }).issues;
}

const app = ({ services }: Plan): Plan['services'][number] | undefined => services.find(({ name }) => name === 'app');

describe('a service that runs here', () => {
  const plan = planOf(resolveShop(shop));

  test('is reached under its name, on the port of its container, without TLS', () => {
    expect(app(plan)?.environment).toMatchObject({ DB_HOST: 'db', DB_PORT: '5432', DB_SSLMODE: 'disable', DB_CA: '' });
    expect(app(plan)?.files).toMatchObject([{ content: 'at db:5432' }]);
    expect(plan.secrets.find(({ name }) => name === 'DB_URL')?.format).toEqual({
      kind: 'template',
      template: 'pg://clerk:${DB_PASSWORD|url}@db:5432/shop',
    });
    expect(plan).not.toHaveProperty('externals');
  });
});

describe('a service that somebody else runs', () => {
  const plan = external({ db: { external: { host: 'db.example.com', port: 6432, sslmode: 'verify-full' } } });

  test('has no container, no volume and no task, and is waited for by nobody', () => {
    expect(plan.services.map(({ name }) => name)).toEqual(['app', 'quiet']);
    expect(plan.volumes).toEqual([]);
    expect(plan.tasks).toEqual([]);
    expect(app(plan)).toMatchObject({ dependsOn: [], calls: [] });
  });

  test('is in the plan with how its clients log in, and what it would keep here', () => {
    expect(plan.externals).toEqual([
      {
        name: 'db',
        description: 'A service.',
        host: 'db.example.com',
        port: 6432,
        sslmode: 'verify-full',
        logins: [{ protocol: 'postgres', user: 'clerk', database: 'shop', secret: 'DB_PASSWORD' }],
        callers: ['app'],
        volumes: ['data'],
      },
    ]);
  });

  test('is found at its address, and the password is the one that is set', () => {
    expect(app(plan)?.environment).toMatchObject({
      DB_HOST: 'db.example.com',
      DB_PORT: '6432',
      DB_SSLMODE: 'verify-full',
    });
    expect(app(plan)?.files).toMatchObject([{ content: 'at db.example.com:6432' }]);
    const [password, url] = plan.secrets;
    expect(password).toMatchObject({ name: 'DB_PASSWORD', source: 'provided' });
    expect(password).not.toHaveProperty('postgresRole');
    expect(url?.format).toMatchObject({ template: 'pg://clerk:${DB_PASSWORD|url}@db.example.com:6432/shop' });
  });

  test('gives its callers, and nobody else, the way out', () => {
    const onEgress = plan.services.filter(({ networks }) => networks.some(({ network }) => network === 'egress'));
    expect(onEgress.map(({ name }) => name)).toEqual(['app']);
  });

  test.each<[string, object, object]>([
    ['a database: TLS, on the port of its container', { host: '10.0.0.7' }, { port: 5432, sslmode: 'require' }],
    ['without TLS where that is said', { host: '10.0.0.7', sslmode: 'disable' }, { sslmode: 'disable' }],
    ['at an address of IPv6', { host: 'fd00::7' }, { host: 'fd00::7' }],
  ])('is spoken to as %s', (_, where, expected) => {
    expect(external({ db: { external: where } }).externals).toMatchObject([expected]);
  });

  test('is verified with the authority that is named, which its callers, and nobody else, have as a file', () => {
    const plan = external({ db: { external: { host: 'db.example.com', ca: 'PEM' } } });
    expect(plan.externals).toMatchObject([{ sslmode: 'verify-full', ca: 'PEM' }]);
    const file = { path: '/run/slipway/ca/db.pem', content: 'PEM\n', mode: '0444' };
    expect(app(plan)?.environment).toMatchObject({ DB_CA: file.path, DB_SSLMODE: 'verify-full' });
    expect(plan.services.filter(({ files }) => files.some(({ path }) => path === file.path))).toEqual([app(plan)]);
    expect(app(plan)?.files).toContainEqual(expect.objectContaining(file));
  });

  test.each<[string, object, string, string]>([
    ['a Redis that runs here', {}, 'redis', ''],
    ['one in clear', { external: { host: 'h', sslmode: 'disable' } }, 'redis', ''],
    ['one over TLS', { external: { host: 'h', ca: 'PEM' } }, 'rediss', '/run/slipway/ca/cache.pem'],
  ])('%s has the scheme of its URLs', (_, cache, scheme, ca) => {
    const description = system(
      {
        app: service({ calls: ['cache'], environment: { URL: '${cache:scheme}://${cache:host}', CA: '${cache:ca}' } }),
        cache: service({ ports: { redis: { container: 6379 } }, logins: [{ protocol: 'redis', password: 'PW' }] }),
      },
      { secrets: { PW: { description: 'A password.', format: { kind: 'password' } } } },
    );
    const plan = planOf(resolveShop(description, { values: { services: { cache } }, providedSecrets: ['PW'] }));
    const host = scheme === 'redis' && !('external' in cache) ? 'cache' : 'h';
    expect(app(plan)?.environment).toEqual({ URL: `${scheme}://${host}`, CA: ca });
  });

  test('runs here where a stack says false of what its environment says', () => {
    const description = {
      ...shop,
      environments: { ...shop.environments, dev: { services: { db: { external: {} } } } },
    };
    expect(planOf(resolveShop(description, { values: { services: { db: { external: false } } } }))).toEqual(
      planOf(resolveShop(shop)),
    );
  });

  test('leaves everything else as it is', () => {
    const [before, after] = [planOf(resolveShop(shop)), external()];
    const other = ({ services }: Plan): unknown => services.find(({ name }) => name === 'quiet');
    expect(other(after)).toEqual(other(before));
  });
});

describe('refuses, all at once', () => {
  const db = (external: object): object => ({ db: { external } });

  test.each<[string, object, readonly Issue[]]>([
    [
      'an address without a host',
      db({}),
      [
        error(
          'slipway:services.db.external.host',
          'is missing: "db" is external here, so somebody else runs it',
          'a host name such as db.example.com, or an address; or `external: false`, and it runs here',
        ),
      ],
    ],
    [
      'what is no host, port or mode, with everything else that is wrong',
      { db: { external: { host: 'http://db', port: 0, sslmode: 'allow', user: 'x' } } },
      [
        error(
          'slipway:services.db.external.host',
          '"http://db" is not valid',
          'a host name such as db.example.com, or an address',
        ),
        error('slipway:services.db.external.port', '0 is not valid', 'a port between 1 and 65535'),
        error('slipway:services.db.external.sslmode', '"allow" is not valid', 'disable, require or verify-full'),
        error('slipway:services.db.external.user', 'unknown key "user"', 'known: ca, host, port, secret, sslmode'),
      ],
    ],
    [
      'an authority that nothing is verified with, and that a caller is not told of',
      { quiet: { external: { host: 'elsewhere', port: 1, sslmode: 'require', ca: 'PEM' } } },
      [
        error(
          'slipway:services.quiet.external',
          'shop does not tell "caller" where "quiet" is: it would look for a container of that name',
          '`${quiet:host}` and `${quiet:port}` in what "caller" is told of it',
        ),
        error(
          'slipway:services.quiet.external.ca',
          'is of no use: sslmode is require, which verifies nothing',
          'sslmode: verify-full',
        ),
        error(
          'slipway:services.quiet.external.ca',
          'shop does not tell "caller" of it: it would verify "quiet" against the public authorities',
          '`${quiet:ca}` in what "caller" is told of it',
        ),
      ],
    ],
    [
      'a secret that there is not',
      db({ host: 'db', secret: 'DB_PASWORD' }),
      [
        error(
          'slipway:services.db.external.secret',
          'no secret "DB_PASWORD"',
          'did you mean "DB_PASSWORD"? known: DB_PASSWORD, DB_URL',
        ),
      ],
    ],
    [
      'a secret that is no password',
      db({ host: 'db', secret: 'DB_URL' }),
      [error('slipway:services.db.external.secret', 'DB_URL is no password', 'a secret that is a password')],
    ],
    [
      'what is said of containers that there are none of',
      { db: { external: { host: 'db' }, memory: '1g' } },
      [
        error(
          'slipway:services.db.memory',
          '"db" is external: it has no container here',
          'without memory, or `external: false`',
        ),
      ],
    ],
    [
      'a service whose callers are not told where it is',
      { quiet: { external: { host: 'elsewhere', port: 1 } } },
      [
        error(
          'slipway:services.quiet.external',
          'shop does not tell "caller" where "quiet" is: it would look for a container of that name',
          '`${quiet:host}` and `${quiet:port}` in what "caller" is told of it',
        ),
      ],
    ],
  ])('%s', (_, services, expected) => {
    const description = { ...shop, services: { ...shop.services, caller: service({ calls: ['quiet'] }) } };
    expect(issues(services, { description })).toEqual(expected);
  });

  test('a published port', () => {
    const found = issues({}, { values: { services: somewhere, ports: { db: 5432 } } });
    expect(found).toEqual([
      error(
        'slipway:ports.db',
        '"db" is external: it has no container here',
        'none of its ports, or `external: false`',
      ),
    ]);
  });

  test('a password that is not set', () => {
    expect(outcome(resolveShop(shop, { values: { services: somewhere } })).issues).toEqual([
      error(
        'secrets:DB_PASSWORD',
        'has no value, and none is generated for it; app gets it',
        '`slipway secrets set DB_PASSWORD`',
      ),
    ]);
  });

  test('an address of a service that there is not, or that has several ports', () => {
    const description = system({
      app: service({ environment: { A: '${bd:host}', B: '${web:port}', C: '${web:scheme}' } }),
      db: service(),
      web: service({ ports: { http: { container: 80 }, https: { container: 443 } } }),
    });
    expect(resolveShop(description).issues).toEqual([
      error('shop:services.app.environment.A', 'no service "bd"', 'app, db, web'),
      error('shop:services.app.environment.B', '"web" listens on several ports, or none', 'the number of the port'),
      error('shop:services.app.environment.C', 'nothing says how clients of "web" log in', '`logins` of "web"'),
    ]);
  });
});

describe('tells', () => {
  test('in production that passwords and data leave the host in clear', () => {
    const values = { environment: 'prod', services: { db: { external: { host: 'db', sslmode: 'disable' } } } };
    const found = issues({}, { values }).filter(({ path }) => path.endsWith('sslmode'));
    expect(found).toEqual([
      {
        path: 'slipway:services.db.external.sslmode',
        message: 'the password of "db", and all data, leave the host in clear',
        accepted: 'require or verify-full; disable where nobody else is on the network between',
        severity: 'warning',
      },
    ]);
  });
});

test('the owners of databases in what somebody else runs log in with what is set for them', () => {
  const description = system(
    {
      app: service({ calls: ['db'], environment: { AT: '${db:host}' } }),
      db: service({ singleton: true, ports: { sql: { container: 5432 } } }),
    },
    {
      secrets: { STOCK_PASSWORD: { description: 'A password.', format: { kind: 'password' } } },
      databases: { stock: { kind: 'postgres', service: 'db', owner: 'keeper', password: 'STOCK_PASSWORD' } },
    },
  );
  const plan = planOf(
    resolveShop(description, { values: { services: somewhere }, providedSecrets: ['STOCK_PASSWORD'] }),
  );
  expect(plan.externals?.[0]).toMatchObject({
    sslmode: 'require',
    logins: [{ protocol: 'postgres', user: 'keeper', database: 'stock', secret: 'STOCK_PASSWORD' }],
  });
  expect(plan).not.toHaveProperty('databases');
  expect(plan.secrets[0]).not.toHaveProperty('postgresRole');
});

describe('data that a service has left on the host', () => {
  test('is kept once somebody else runs it, and where there is none, none is made', () => {
    const plan = external();
    expect(withKeptData(plan, { dataOf: ['db', 'other'] }).volumes).toEqual([
      { name: 'data', service: 'db', description: 'What db kept while it ran here.' },
    ]);
    expect(withKeptData(plan, { dataOf: ['other'] })).toBe(plan);
    expect(withKeptData(plan, {})).toBe(plan);
  });
});

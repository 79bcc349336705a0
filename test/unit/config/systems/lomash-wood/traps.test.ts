import { describe, expect, test } from '@jest/globals';
import type { Plan, PlannedService } from '../../../../../config/plan/types.ts';
import { resolvePlan } from '../../../../../config/resolve.ts';
import { keptStacks } from '../../../../golden/stacks.ts';
import { planOf } from '../../fixture.ts';

const kept = (environment: string): Plan => {
  const found = keptStacks.find((stack) => stack.system === 'lomash-wood' && stack.environment === environment);
  if (!found) throw new Error(`no stack in ${environment}`);
  return found.plan;
};
const [dev, ci, prod] = [kept('dev'), kept('test'), kept('prod')];
const withTools = planOf(
  resolvePlan({
    stack: 'dev',
    values: { system: 'lomash-wood', profiles: ['tools'] },
    ...{ providedSecrets: [], encrypted: [], clearSecrets: [] },
  }),
);

function serviceOf({ services }: Plan, name: string): PlannedService {
  const found = services.find((service) => service.name === name);
  if (!found) throw new Error(`no service ${name}`);
  return found;
}

const EIGHT = ['analytics', 'appointment', 'auth', 'content', 'customer', 'notification', 'order-payment', 'product'];

/* Where the original falls down, and this description does not. */

describe('databases', () => {
  const postgres = (ci.databases ?? []).flatMap((each) => (each.kind === 'postgres' ? [each] : []));

  test('are eight, each with an owner, a password and an index that are no other’s, and none of them the superuser', () => {
    const redis = (ci.databases ?? []).flatMap((each) => (each.kind === 'redis' ? [each.index] : []));
    expect(redis.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (const key of ['name', 'owner', 'password'] as const) {
      expect(new Set(postgres.map((each) => each[key])).size).toBe(8);
    }
    expect(postgres.map(({ owner }) => owner)).not.toContain('lomash_master');
    expect(
      postgres.every(({ extensions }) => ['citext', 'pgcrypto', 'uuid-ossp'].every((one) => extensions.includes(one))),
    ).toBe(true);
    expect(postgres.find(({ name }) => name === 'lomash_products')?.extensions).toContain('pg_trgm');
  });

  test.each(EIGHT)(
    'of %s: only it and its migrations get its address, and nobody but PostgreSQL the superuser’s password',
    (name) => {
      const own = serviceOf(ci, `${name}-service`).secrets.find((file) => file.name === 'DATABASE_URL')?.secret;
      expect(ci.secrets.find((secret) => secret.name === own)?.services).toEqual(
        [`migrate-${name}`, `${name}-service`].sort(),
      );
      expect(ci.secrets.find((secret) => secret.name === 'POSTGRES_PASSWORD')?.services).toEqual(['postgres']);
    },
  );
});

test('migrations come before their service, and the gateway after all eight', () => {
  for (const name of EIGHT) {
    expect(serviceOf(ci, `${name}-service`).dependsOn).toContainEqual({
      service: `migrate-${name}`,
      condition: 'completed',
    });
  }
  expect(serviceOf(ci, 'api-gateway').dependsOn.map(({ service }) => service)).toEqual(
    EIGHT.map((name) => `${name}-service`),
  );
});

test('Redis evicts nothing: queues and idempotency keys are in it', () => {
  expect(serviceOf(dev, 'redis').command.join(' ')).toContain('--maxmemory-policy noeviction');
});

test('every container is in the time of London', () => {
  for (const plan of [withTools, ci, prod]) {
    for (const { environment } of plan.services) expect(environment['TZ']).toBe('Europe/London');
  }
});

describe('in dev', () => {
  test('debuggers, stores and tools are on 127.0.0.1 alone, at the guide’s ports', () => {
    const published = withTools.services.flatMap(({ name, ports }) =>
      ports.map((port) => ({ ...port, service: name })),
    );
    expect(published.every(({ address }) => address === undefined || address === '127.0.0.1')).toBe(true);
    const debuggers = published.filter(
      ({ container, published: on }) => on === container && container >= 9229 && container <= 9237,
    );
    expect(debuggers.map(({ container }) => container).sort()).toEqual([
      9229, 9230, 9231, 9232, 9233, 9234, 9235, 9236, 9237,
    ]);
    const tools = { pgadmin: [5050], 'redis-commander': [8081], localstack: [4566], mailhog: [8025, 1025] };
    for (const [name, ports] of Object.entries(tools)) {
      expect(serviceOf(withTools, name).ports.map((port) => port.published)).toEqual(ports);
    }
  });

  test('tools are off unless asked for, built from packages, without root, and open to nobody without a password', () => {
    for (const name of ['pgadmin', 'redis-commander', 'localstack']) {
      expect(dev.services.map((service) => service.name)).not.toContain(name);
      expect(withTools.images.find((image) => image.name === name)?.build?.context).toBe(`images/${name}`);
      const { user, readOnly, capAdd } = serviceOf(withTools, name);
      expect({ user, readOnly, capAdd }).toEqual({
        user: expect.stringMatching(/^[1-9]/) as unknown,
        readOnly: true,
        capAdd: [],
      });
    }
    for (const name of ['PGADMIN_PASSWORD', 'REDIS_COMMANDER_PASSWORD']) {
      expect(withTools.secrets.find((secret) => secret.name === name)).toMatchObject({ source: 'generated' });
    }
  });

  test('LocalStack makes both buckets and both queues, under the names that services are told', () => {
    const script = serviceOf(withTools, 'localstack').files[0]?.content ?? '';
    const { AWS_S3_BUCKET, AWS_S3_ASSETS_BUCKET } = serviceOf(dev, 'content-service').environment;
    const queues = ['notification', 'analytics'].map(
      (name) => serviceOf(dev, `${name}-service`).environment['AWS_SQS_QUEUE'],
    );
    for (const made of [AWS_S3_BUCKET, AWS_S3_ASSETS_BUCKET, ...queues]) expect(script).toContain(`'${String(made)}'`);
  });
});

describe('in prod', () => {
  test('stores are somebody else’s over TLS, and each role is tried before a deployment', () => {
    expect(prod.externals).toMatchObject([
      { name: 'postgres', sslmode: 'require' },
      { name: 'redis', sslmode: 'verify-full' },
    ]);
    expect(prod.externals?.[0]?.logins).toHaveLength(8);
    expect(prod).not.toHaveProperty('databases');
    const url = prod.secrets.find(({ name }) => name === 'AUTH_DATABASE_URL')?.format;
    expect(url).toMatchObject({
      template: expect.stringMatching(
        /@postgres\.lomashwood\.example:5432\/.*sslmode=require&sslrootcert=&options=-c%20TimeZone%3DEurope%2FLondon$/,
      ) as unknown,
    });
    const redis = prod.secrets.find(({ name }) => name === 'ORDER_REDIS_URL')?.format;
    expect(redis).toMatchObject({ template: 'rediss://:${REDIS_PASSWORD|url}@redis.lomashwood.example:6379/2' });
  });

  test('an authority of the stores’ own reaches whoever asks them, each in the way of its clients', () => {
    const at = (ca: string): object => ({ external: { host: '10.0.0.7', ca } });
    const resolved = resolvePlan({
      stack: 'lomash-wood-prod',
      values: {
        ...{ system: 'lomash-wood', environment: 'prod' },
        services: { postgres: at('OF POSTGRES'), redis: at('OF REDIS') },
      },
      ...{ providedSecrets: [], encrypted: [], clearSecrets: [], acceptsMissingSecrets: true },
    });
    const plan = planOf(resolved);
    const files = (name: string): string[] => serviceOf(plan, name).files.map(({ path }) => path);
    const [postgres, redis] = ['/run/slipway/ca/postgres.pem', '/run/slipway/ca/redis.pem'];
    for (const name of EIGHT) {
      expect(files(`${name}-service`)).toEqual([postgres, redis]);
      expect(files(`migrate-${name}`)).toEqual([postgres]);
      expect(serviceOf(plan, `${name}-service`).environment['NODE_EXTRA_CA_CERTS']).toBe(redis);
    }
    expect(files('api-gateway')).toEqual([]);
    expect(plan.secrets.find(({ name }) => name === 'AUTH_DATABASE_URL')?.format).toMatchObject({
      template: expect.stringMatching(`sslmode=verify-full&sslrootcert=${postgres}&`) as unknown,
    });
  });

  test('what the original means to run twice runs twice, and nothing but nginx is published', () => {
    const twice = prod.services.filter(({ replicas }) => replicas === 2).map(({ name }) => name);
    expect(twice).toEqual(['api-gateway', 'auth-service', 'order-payment-service', 'product-service']);
    const published = prod.services.filter(({ ports }) => ports.some((port) => port.published !== undefined));
    expect(published.map(({ name }) => name)).toEqual(['nginx']);
  });

  test('no mail is caught, no debugger is open, and a third party’s secret that is missing is named', () => {
    expect(prod.services.map(({ name }) => name)).not.toContain('mailhog');
    expect(prod.services.flatMap(({ entrypoint }) => entrypoint).join(' ')).not.toContain('--inspect');
    const { issues } = resolvePlan({
      stack: 'lomash-wood-prod',
      values: {
        ...{ system: 'lomash-wood', environment: 'prod' },
        services: { postgres: { external: { host: 'db.example' } }, redis: { external: { host: 'cache.example' } } },
      },
      ...{ providedSecrets: [], encrypted: [], clearSecrets: [] },
    });
    const missing = issues.map(({ path }) => path);
    for (const name of ['STRIPE_WEBHOOK_SECRET', 'AUTH_DB_PASSWORD', 'REDIS_PASSWORD', 'SES_SMTP_PASSWORD']) {
      expect(missing).toContain(`secrets:${name}`);
    }
  });
});

test('a third party’s secret may look as that party makes it', () => {
  const formats = prod.secrets.filter(({ source }) => source === 'missing').map(({ format }) => format.kind);
  expect(new Set(formats)).toEqual(new Set(['password', 'template']));
});

test('a plan takes less than a second', () => {
  const startMs = performance.now();
  planOf(
    resolvePlan({
      stack: 'x',
      values: { system: 'lomash-wood', environment: 'test' },
      ...{ providedSecrets: [], encrypted: [], clearSecrets: [] },
    }),
  );
  expect(performance.now() - startMs).toBeLessThan(1000);
});

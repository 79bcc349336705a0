import { describe, expect, test } from '@jest/globals';
import { resolvePlan, type Resolved } from '../../../../../config/resolve.ts';
import { renderPlan } from '../../../../../config/plan/render.ts';
import type { EnvironmentName, Plan, PlannedService } from '../../../../../config/plan/types.ts';
import { planOf } from '../../fixture.ts';

/** Where the original and its guide fall down, and this description must not. */

const HERE = { services: { postgres: { external: false } } };
const ELSEWHERE = { services: { postgres: { external: { host: 'db.example.com' } } } };

function resolved(environment: EnvironmentName, values: object = {}, set: readonly string[] = []): Resolved {
  const stack = `orchestrator-${environment}`;
  return resolvePlan({ stack, values: { system: 'orchestrator', environment, ...values }, providedSecrets: set });
}

const KEY = ['OPENAI_API_KEY'];
const dev = planOf(resolved('dev', {}, KEY));
const test_ = planOf(resolved('test'));
const prod = planOf(resolved('prod', ELSEWHERE, [...KEY, 'POSTGRES_PASSWORD']));
const whole = planOf(resolved('prod', HERE, KEY));
const all: [string, Plan][] = [
  ['dev', dev],
  ['test', test_],
  ['prod', prod],
  ['prod with its database here', whole],
];

/** The eight of the guide. */
const EIGHT = [
  ...['agent-runner', 'fanout', 'hitl-worker', 'http-worker', 'orchestrator', 'postgres', 'redis', 'workflow-runner'],
];

function service({ services }: Plan, name: string): PlannedService {
  const found = services.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

describe.each(all)('in %s', (_, plan) => {
  test('Redis evicts nothing: its streams are the runs', () => {
    const { command } = service(plan, 'redis');
    expect(command[command.indexOf('--maxmemory-policy') + 1]).toBe('noeviction');
    expect(command[command.indexOf('--appendonly') + 1]).toBe('yes');
  });

  test('everything that goes on running is checked by something that can fail', () => {
    for (const { name, kind, healthcheck } of plan.services) {
      if (kind === 'service') expect([name, healthcheck?.test[0]]).toEqual([name, expect.stringMatching(/^CMD/)]);
    }
    for (const name of ['workflow-runner', 'http-worker', 'hitl-worker']) {
      expect(service(plan, name).healthcheck?.test).toEqual(['CMD', '/usr/local/bin/healthcheck', 'heartbeat']);
    }
  });

  test('two of each worker that scales, and room for more', () => {
    for (const name of ['http-worker', 'agent-runner']) {
      expect(service(plan, name)).toMatchObject({ replicas: 2, bounds: { min: 1, max: 20 } });
    }
  });

  test('the key of the model goes to agent-runner, and to a stand-in that asks for it', () => {
    const readers = plan.secrets.find(({ name }) => name === 'OPENAI_API_KEY')?.services;
    expect(readers?.filter((name) => name !== 'model-api')).toEqual(['agent-runner']);
  });

  test('no password stands in what an inspection shows', () => {
    for (const { environmentSecrets, environment } of plan.services) {
      expect(environmentSecrets).toEqual([]);
      expect(Object.keys(environment).filter((name) => /PASSWORD$|API_KEY$/.test(name))).toEqual([]);
    }
  });
});

test('the limits are the guide’s for each service, and add up to what they add up to', () => {
  const eight = whole.services.filter(({ name }) => EIGHT.includes(name));
  const sum = (what: 'cpus' | 'memory'): number =>
    eight.reduce((total, { limits, replicas }) => total + (limits[what] ?? NaN) * replicas, 0);
  expect(eight.map(({ name }) => name)).toEqual(EIGHT);
  expect([sum('cpus'), sum('memory') / 2 ** 30]).toEqual([17, 12.5]);
  // With nginx, which has 1 CPU and 256 MiB.
  expect(renderPlan(whole)).toContain('  limits of all replicas: 18 CPUs, 12.75 GiB\n');
  expect(renderPlan(prod)).toContain('  limits of all replicas: 16 CPUs, 10.75 GiB\n');
});

test('the ports are those of the guide', () => {
  const ports = dev.services.flatMap(({ name, ports }) => ports.map(({ container }) => `${name} ${container}`));
  expect(ports).toEqual(
    expect.arrayContaining(['postgres 5432', 'redis 6379', 'orchestrator 8081', 'fanout 8085', 'agent-runner 8086']),
  );
});

test('nine migration files run at the first boot in lexical order, and by the job where the database is elsewhere', () => {
  const boot = service(dev, 'postgres').files.map(({ path }) => path.replace('/docker-entrypoint-initdb.d/', ''));
  const job = service(prod, 'migrate').files.map(({ path }) => path.replace('/migrations/', ''));
  expect(boot).toHaveLength(9);
  expect(boot).toEqual([...boot].sort());
  expect(job).toEqual(boot);
  expect(service(prod, 'orchestrator').dependsOn).toContainEqual({ service: 'migrate', condition: 'completed' });
});

test('in prod the database is somebody else’s, over TLS, and nothing but nginx is published', () => {
  expect(prod.externals).toMatchObject([
    { name: 'postgres', host: 'db.example.com', port: 5432, sslmode: 'require', callers: ['migrate', 'orchestrator'] },
  ]);
  expect(service(prod, 'orchestrator').environment).toMatchObject({
    POSTGRES_HOST: 'db.example.com',
    POSTGRES_PORT: '5432',
    POSTGRES_SSLMODE: 'require',
  });
  const publishers = prod.services.filter(({ ports }) => ports.some(({ published }) => published !== undefined));
  expect(publishers.map(({ name }) => name)).toEqual(['nginx']);
  const proxy = service(prod, 'nginx').files[0]?.content ?? '';
  expect(proxy).toContain('proxy_pass http://fanout;');
  expect(proxy).toContain('default upgrade;');
});

describe('a key of the model', () => {
  const missing = (found: Resolved): boolean => found.issues.some(({ path }) => path === 'secrets:OPENAI_API_KEY');

  test('is asked for where agent-runner runs', () => {
    expect(missing(resolved('dev'))).toBe(true);
    expect(missing(resolved('prod', ELSEWHERE, ['POSTGRES_PASSWORD']))).toBe(true);
  });

  test('is not where it does not', () => {
    expect(missing(resolved('dev', { variants: ['without-agents'] }))).toBe(false);
    const alone = resolvePlan({
      ...{ stack: 'orchestrator-dev', providedSecrets: [], only: ['postgres', 'redis'] },
      values: { system: 'orchestrator', environment: 'dev' },
    });
    expect(planOf(alone).services.map(({ name }) => name)).toEqual(['postgres', 'redis']);
  });
});

test('a prod stack that does not say where its database is is told so', () => {
  const paths = resolved('prod', {}, KEY).issues.map(({ path }) => path);
  expect(paths).toContain('slipway:services.postgres.external.host');
});

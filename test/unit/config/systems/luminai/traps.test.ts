import { describe, expect, test } from '@jest/globals';
import type { Plan, PlannedService } from '../../../../../config/plan/types.ts';
import { resolvePlan, type Resolved } from '../../../../../config/resolve.ts';
import { keptStacks } from '../../../../golden/stacks.ts';
import { planOf } from '../../fixture.ts';

/*
 * Where the set-up of Luminai's guide falls down, the plan does not. What it does is told by each test.
 */

const plans = keptStacks.filter(({ system }) => system === 'luminai');
const [, , prod] = plans.map(({ plan }) => plan);

function resolve(environment: string, values: Readonly<Record<string, unknown>> = {}): Resolved {
  return resolvePlan({
    stack: `luminai-${environment}`,
    values: { system: 'luminai', environment, ...values },
    ...{ providedSecrets: [], encrypted: [], clearSecrets: [] },
  });
}

function serviceOf(plan: Plan | undefined, name: string): PlannedService {
  const found = plan?.services.find((service) => service.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
}

function nginxOf(plan: Plan | undefined): string {
  return serviceOf(plan, 'nginx')
    .files.map(({ content }) => content)
    .join('\n');
}

describe.each(plans)('in $environment', ({ plan, environment }) => {
  test('no password is known beforehand: the guide prints that of the database', () => {
    const { source, format } = plan.secrets.find(({ name }) => name === 'POSTGRES_PASSWORD') ?? {};
    expect({ source, format }).toEqual({ source: 'generated', format: { kind: 'password', length: 32 } });
    expect(JSON.stringify(plan)).not.toContain('LuminaiSecure');
    expect(plan.secrets.find(({ name }) => name === 'DATABASE_URL')?.source).toBe('derived');
  });

  test('nobody comes into Redis without a password: the guide’s has none', () => {
    expect(serviceOf(plan, 'redis').command.join(' ')).toContain('--aclfile /run/secrets/REDIS_ACL');
    expect(plan.secrets.find(({ name }) => name === 'REDIS_PASSWORD')?.source).toBe('generated');
  });

  test('PostgreSQL 18 has its data where its image wants it: the guide mounts what that image refuses', () => {
    const { volumes, environment: variables, tmpfs } = serviceOf(plan, 'database');
    const data = [...volumes.map(({ path }) => path), ...tmpfs.map(({ path }) => path)];
    expect(data).toContain('/var/lib/postgresql');
    expect(data).not.toContain('/var/lib/postgresql/data');
    expect(variables['PGDATA']).toBe(environment === 'test' ? '/memory/postgres' : undefined);
    expect(plan.images.find(({ name }) => name === 'postgres')?.build?.args).toEqual({
      POSTGRES_DATA: '/var/lib/postgresql/18/docker',
      POSTGRES_VERSION: '18',
      POSTGRES_VOLUME: '/var/lib/postgresql',
    });
  });

  test('first boot makes both extensions', () => {
    const [script] = serviceOf(plan, 'database').files;
    expect(script?.path).toMatch(/^\/docker-entrypoint-initdb\.d\/.*\.sql$/);
    expect(script?.content.match(/EXTENSION IF NOT EXISTS \S+/g)).toEqual([
      'EXTENSION IF NOT EXISTS "uuid-ossp";',
      'EXTENSION IF NOT EXISTS unaccent;',
    ]);
  });

  test('slow queries are logged, which the guide looks for and never turns on', () => {
    expect(serviceOf(plan, 'database').command.join(' ')).toMatch(/log_min_duration_statement=\d+/);
  });

  test('Redis is the cache that the guide asks for', () => {
    const command = serviceOf(plan, 'redis').command.join(' ');
    expect(command).toContain('--maxmemory 256mb --maxmemory-policy allkeys-lru');
  });

  test('the application has the guide’s limits, and a port of its own nowhere: beside it the next one starts', () => {
    const { limits, reservations, ports, rollout } = serviceOf(plan, 'app');
    expect(limits).toEqual({ cpus: 2, memory: 2 * 2 ** 30 });
    expect(reservations).toEqual({ memory: 512 * 2 ** 20 });
    expect(ports).toEqual([expect.objectContaining({ name: 'http', container: 8000 })]);
    expect(ports[0]).not.toHaveProperty('published');
    expect(rollout.order).toBe('createFirst');
  });

  test('nginx looks names up again: the guide’s answers 502 after a rebuild until it is restarted', () => {
    const { edge } = serviceOf(plan, 'nginx');
    expect(Object.keys(edge?.lists ?? {})).toEqual(['app.conf']);
    expect(edge?.lists['app.conf']).toMatch(/server \S+:8000 resolve\b/);
    expect(nginxOf(plan)).toMatch(/resolver 127\.0\.0\.11 valid=\d+s/);
  });

  test('the certificate is good for names that clients take: the guide’s wildcard is right below a top-level name', () => {
    expect(plan.certificates?.issued.map(({ names }) => names)).toEqual([
      ['*.localhost', '*.luminai.localhost', 'localhost', 'luminai.localhost'],
    ]);
    expect(nginxOf(plan)).toContain('server_name luminai.localhost *.luminai.localhost;');
    expect(nginxOf(plan)).toContain('server_name localhost *.localhost;');
  });

  test('HTTP is sent on, TLS is 1.2 or 1.3, and a browser is told nothing that it keeps for localhost', () => {
    const text = nginxOf(plan);
    expect(text).toContain('return 301 https://$host$request_uri;');
    expect(text).toContain('ssl_protocols TLSv1.2 TLSv1.3;');
    const local = text.slice(text.indexOf('server_name localhost'));
    expect(/add_header Strict-Transport-Security "([^"]*)"/.exec(local)?.[1]).toBe('max-age=0');
  });

  test('its proof comes as the world does: over TLS, by name', () => {
    expect(plan.smoke).toMatchObject({ service: 'nginx', port: 'https', host: 'luminai.localhost' });
    expect(plan.smoke?.steps?.length).toBeGreaterThan(8);
  });
});

test.each(['dev', 'test', 'prod'])('sessions in the cache are warned of in %s, with the remedy', (environment) => {
  expect(resolve(environment).issues).toEqual([
    {
      severity: 'warning',
      path: 'luminai:services.app.keeps.sessions',
      message:
        '"redis" drops any key once its memory is full (allkeys-lru), sessions of "app" too: ' +
        'who is logged in has to log in again',
      accepted: 'the variant session-store (slipway:variants), which keeps sessions in a Redis with noeviction',
    },
  ]);
});

test.each(['dev', 'prod'])('the remedy in %s: a Redis that drops nothing, and nothing to warn of', (environment) => {
  const resolved = resolve(environment, { variants: ['session-store'] });
  expect(resolved.issues).toEqual([]);
  const plan = planOf(resolved);
  expect(serviceOf(plan, 'sessions').command.join(' ')).toContain('--maxmemory-policy noeviction');
  expect(serviceOf(plan, 'redis').command.join(' ')).toContain('--maxmemory-policy allkeys-lru');
  const { secrets, dependsOn, networks } = serviceOf(plan, 'app');
  expect(secrets.map(({ name }) => name)).toContain('SESSION_REDIS_URL');
  expect(dependsOn).toContainEqual({ service: 'sessions', condition: 'healthy' });
  expect(networks.length).toBeGreaterThan(0);
  expect(plan.volumes.map(({ name }) => name)).toEqual([
    'loki-data',
    'postgres-data',
    'prometheus-data',
    'redis-data',
    'session-data',
  ]);
});

test('prod publishes nginx alone, and everything has limits', () => {
  const published = prod?.services.flatMap(({ name, ports }) =>
    ports.flatMap(({ published }) => (published === undefined ? [] : [`${name} ${published}`])),
  );
  expect(published).toEqual(['nginx 80', 'nginx 443']);
  for (const { name, limits } of prod?.services ?? []) {
    expect([name, limits.memory, limits.cpus]).toEqual([name, expect.any(Number), expect.any(Number)]);
  }
});

test('another domain is a parameter: certificate, proxy and proof go with it', () => {
  const plan = planOf(resolve('prod', { parameters: { domain: 'luminai.example' } }));
  expect(plan.certificates?.issued[0]?.names).toContain('*.luminai.example');
  expect(nginxOf(plan)).toContain('server_name luminai.example *.luminai.example;');
  expect(plan.smoke?.host).toBe('luminai.example');
});

test('an application of one’s own is built, and gets its secrets where PHP reads them', () => {
  const plan = planOf(resolve('prod', { sources: { app: '/srv/luminai/app' } }));
  const app = serviceOf(plan, 'app');
  expect(app.entrypoint.join(' ')).toContain('/run/secrets/');
  expect(app.command).toEqual(['frankenphp', 'run', '--config', '/etc/frankenphp/Caddyfile']);
  expect(app.capAdd).toEqual(['NET_BIND_SERVICE']);
  expect(serviceOf(plan, 'migrate').command).toEqual([
    ...['php', 'bin/console', 'doctrine:migrations:migrate', '--no-interaction'],
  ]);
  expect(plan.smoke).toBeUndefined();
});

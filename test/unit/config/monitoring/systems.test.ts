import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Plan, PlannedService } from '../../../../config/plan/types.ts';
import { resolvePlan } from '../../../../config/resolve.ts';
import { readStackFile } from '../../../../config/stack-file.ts';
import { systems } from '../../../../config/systems/index.ts';
import { planOf } from '../fixture.ts';

/*
 * Every system of the project can be watched, in every environment.
 */

const ROOT = process.cwd();
const ENVIRONMENTS = ['dev', 'test', 'prod'] as const;

/** The stack as it is committed, with more of its settings. */
function planWith(system: string, environment: string, more: Readonly<Record<string, unknown>>): Plan {
  const stack = system === 'linkflow' ? environment : `${system}-${environment}`;
  const { values, ...file } = readStackFile(ROOT, stack);
  const settings = { ...values, system, environment, ...more };
  return planOf(resolvePlan({ ...file, values: settings, acceptsMissingSecrets: true }));
}

function serviceOf(plan: Plan, name: string): PlannedService {
  const found = plan.services.find((service) => service.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
}

interface Job {
  job_name: string;
  dns_sd_configs: { names: string[]; port: number }[];
}

function asked(plan: Plan): { job: string; service: string; port: number }[] {
  const text = serviceOf(plan, 'prometheus').files.find(({ path }) => path.endsWith('/prometheus.yml'))?.content ?? '';
  return (parse(text) as { scrape_configs: Job[] }).scrape_configs.flatMap(({ job_name, dns_sd_configs }) =>
    dns_sd_configs.map(({ names: [service = ''], port }) => ({ job: job_name, service, port })),
  );
}

describe.each(Object.keys(systems))('%s', (system) => {
  test.each(ENVIRONMENTS)('can be watched in %s: whoever is asked runs, listens there, and is on a network', (name) => {
    const plan = planWith(system, name, { profiles: ['monitoring'] });
    const { calls } = serviceOf(plan, 'prometheus');
    for (const { service, port } of asked(plan)) {
      expect(serviceOf(plan, service).ports.map(({ container }) => container)).toContain(port);
      if (service !== 'prometheus') expect(calls).toContain(service);
    }
    const watched = new Set(asked(plan).map(({ service }) => service));
    const silent = plan.services.filter(({ kind, ports }) => kind === 'service' && ports.length > 0);
    expect([...watched].sort()).toEqual(silent.map(({ name: service }) => service));
  });

  test.each(ENVIRONMENTS)('is in %s what it was where nobody watches it', (environment) => {
    const plan = planWith(system, environment, {});
    const watchers = plan.services.filter(
      ({ name, profiles }) => profiles.includes('prometheus') || name === 'grafana',
    );
    expect(watchers).toEqual([]);
    expect(JSON.stringify(plan.services)).not.toContain('prometheus');
  });
});

test('LinkFlow’s engine keeps its port on a developer’s machine: Prometheus is beside it', () => {
  const plan = planWith('linkflow', 'dev', { profiles: ['prometheus'] });
  const published = (name: string): unknown => serviceOf(plan, name).ports.map(({ published: port }) => port);
  expect(published('frontend')).toEqual(expect.arrayContaining([8080, 9090]));
  expect(published('prometheus')).toEqual([9091]);
});

test('where LinkFlow’s stores take nobody without TLS, their exporters verify them', () => {
  const plan = planWith('linkflow', 'prod', { profiles: ['prometheus'], variants: ['redis-tls'] });
  const [postgres, redis] = [serviceOf(plan, 'postgres-exporter'), serviceOf(plan, 'redis-exporter')];
  expect(postgres.environment['DATA_SOURCE_URI']).toBe(
    'postgres:5432/postgres_monitoring?sslmode=verify-full&sslrootcert=/run/secrets/POSTGRES_CA',
  );
  expect(postgres.secrets.map(({ path }) => path)).toContain('/run/secrets/POSTGRES_CA');
  expect(redis.environment).toMatchObject({
    REDIS_ADDR: 'rediss://redis:6379',
    REDIS_EXPORTER_TLS_CA_CERT_FILE: '/run/secrets/REDIS_CA',
  });
  expect(redis.secrets.map(({ path }) => path)).toContain('/run/secrets/REDIS_CA');
  expect(plan.secrets.find(({ name }) => name === 'REDIS_EXPORTER_PASSWORDS')?.format).toEqual({
    kind: 'template',
    template: '{"rediss://redis:6379":"${REDIS_PASSWORD|json}"}',
  });
});

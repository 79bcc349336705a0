import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { withMonitoring } from '../../../../config/monitoring/with-monitoring.ts';
import type { Plan, PlannedService } from '../../../../config/plan/types.ts';
import { resolvePlan } from '../../../../config/resolve.ts';
import { planOf, resolveShop, service, system } from '../fixture.ts';

const shop = withMonitoring(
  system({
    web: service({ ports: { http: { container: 8080 } } }),
    migrate: service({ kind: 'job' }),
    quiet: service({ logging: { driver: 'none', options: {} } }),
    chatty: service({ logging: { driver: 'json-file', options: { 'max-size': '50m', 'max-file': '2' } } }),
  }),
);

function planWith(profiles: readonly string[], environment = 'dev', more = {}): Plan {
  return planOf(resolveShop(shop, { values: { environment, profiles, ...more } }));
}

function serviceOf(plan: Plan, name: string): PlannedService {
  const found = plan.services.find((one) => one.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
}

function fileOf(plan: Plan, name: string, path: string): unknown {
  return parse(serviceOf(plan, name).files.find((file) => file.path === path)?.content ?? '');
}

function namesOf({ services }: Plan): string[] {
  return services.map(({ name }) => name);
}

test.each([
  ['dev', ['monitoring'], true],
  ['dev', ['logs'], true],
  ['dev', ['prometheus'], false],
  ['test', ['monitoring'], false],
  ['test', ['logs'], true],
  ['prod', ['monitoring'], false],
  ['prod', ['logs'], true],
  ['prod', [], false],
])('in %s with %j logs are collected: %s', (environment, profiles, isCollected) => {
  const plan = planWith(profiles, environment);
  expect(namesOf(plan).includes('loki')).toBe(isCollected);
  expect(namesOf(plan).includes('fluent-bit')).toBe(isCollected);
  expect(serviceOf(plan, 'web').logging.driver).toBe(isCollected ? 'fluentd' : 'json-file');
  expect(plan.volumes.some(({ name }) => name === 'log-socket')).toBe(isCollected);
});

describe('where logs are collected', () => {
  const plan = planWith(['logs']);

  test('the engine sends what is written, by whom, over a socket in a volume; nobody waits for who listens there', () => {
    for (const name of ['web', 'migrate', 'grafana']) {
      expect(serviceOf(plan, name).logging).toEqual({
        driver: 'fluentd',
        options: {
          ...{ 'cache-max-file': '3', 'cache-max-size': '10m' },
          ...{ 'fluentd-async': 'true', 'fluentd-buffer-limit': '8192', 'fluentd-sub-second-precision': 'true' },
          labels: 'slipway.service,slipway.replica',
        },
        socket: { option: 'fluentd-address', volume: 'log-socket', file: 'collector.sock' },
      });
    }
    expect(serviceOf(plan, 'fluent-bit').volumes).toEqual([
      { volume: 'log-socket', path: '/run/collector', readOnly: false },
    ]);
  });

  test('the copy that the engine keeps is as large as the log was before, and counts as bounded', () => {
    const { logging, departures } = serviceOf(plan, 'chatty');
    expect(logging.options).toMatchObject({ 'cache-max-size': '50m', 'cache-max-file': '2' });
    expect(departures).toEqual([]);
  });

  test('neither a driver that somebody has chosen nor those who collect are sent anywhere', () => {
    const drivers = ['quiet', 'loki', 'fluent-bit'].map((name) => serviceOf(plan, name).logging.driver);
    expect(drivers).toEqual(['none', 'json-file', 'json-file']);
  });

  test('whoever collects gets no folder of the host, and no capability; all that it departs in is its user', () => {
    for (const name of ['loki', 'fluent-bit']) {
      const { binds, capAdd, capDrop, readOnly, limits } = serviceOf(plan, name);
      expect({ name, binds, capAdd, capDrop, readOnly }).toEqual({
        ...{ name, binds: [], capAdd: [], capDrop: ['ALL'], readOnly: true },
      });
      expect(limits.memory).toBeDefined();
    }
    expect(serviceOf(plan, 'fluent-bit').departures.map(({ name }) => name)).toEqual(['user']);
    expect(serviceOf(plan, 'loki').departures).toEqual([]);
  });

  test('the collector listens there, bounds what it holds, and labels lines by system, service and replica', () => {
    const { pipeline } = fileOf(plan, 'fluent-bit', '/etc/fluent-bit/fluent-bit.yaml') as {
      pipeline: { inputs: object[]; filters: object[]; outputs: object[] };
    };
    expect(pipeline.inputs).toEqual([
      { name: 'forward', unix_path: '/run/collector/collector.sock', unix_perm: '0600', mem_buf_limit: '32M' },
    ]);
    expect(pipeline.filters).toEqual([
      { name: 'modify', match: '*', rename: ['slipway.service service', 'slipway.replica replica'] },
    ]);
    expect(pipeline.outputs).toEqual([
      expect.objectContaining({
        ...{ name: 'loki', host: 'loki', port: 3100, drop_single_key: 'raw' },
        labels: 'system=shop, service=$service, replica=$replica, source=$source',
      }),
    ]);
  });

  test('Loki keeps fifteen days, and tells nobody', () => {
    expect(fileOf(plan, 'loki', '/etc/loki/loki.yml')).toMatchObject({
      limits_config: { retention_period: '360h' },
      compactor: { retention_enabled: true },
      analytics: { reporting_enabled: false },
    });
    expect(serviceOf(plan, 'loki').volumes).toEqual([{ volume: 'loki-data', path: '/loki', readOnly: false }]);
    expect(serviceOf(planWith(['logs'], 'test'), 'loki')).toMatchObject({
      ...{ volumes: [], environment: { LOKI_DATA: '/memory' } },
    });
  });

  test.each([
    [['logs'], ['loki']],
    [['monitoring'], ['prometheus', 'loki']],
    [
      ['monitoring', 'logs'],
      ['prometheus', 'loki'],
    ],
  ])('with %j Grafana asks %j, and has a panel of lines', (profiles, sources) => {
    const watched = planWith(profiles);
    const { datasources } = fileOf(watched, 'grafana', '/etc/grafana/provisioning/datasources/system.yml') as {
      datasources: { uid: string; isDefault: boolean }[];
    };
    expect(datasources.map(({ uid }) => uid)).toEqual(sources);
    expect(datasources.filter(({ isDefault }) => isDefault)).toHaveLength(1);
    const { panels } = fileOf(watched, 'grafana', '/etc/grafana/dashboards/system.json') as {
      panels: { id: number; type: string; targets: { expr: string }[]; datasource: { uid: string } }[];
    };
    const lines = panels.filter(({ type }) => type === 'logs');
    expect(lines.map(({ targets: [query] }) => query?.expr)).toEqual(['{system="shop"}']);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect([...new Set(panels.map(({ datasource: { uid } }) => uid))].sort()).toEqual([...sources].sort());
  });

  test('without the collector among those that are to run alone, logs stay where they are', () => {
    const raw = { stack: 'dev', values: { system: 'shop', environment: 'dev', profiles: ['logs'] }, only: ['web'] };
    const secrets = { providedSecrets: [], encrypted: [], clearSecrets: [] };
    expect(serviceOf(planOf(resolvePlan({ ...raw, ...secrets }, { shop })), 'web').logging.driver).toBe('json-file');
  });
});

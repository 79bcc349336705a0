import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { secretDateRules } from '../../../../config/monitoring/secret-dates.ts';
import { withMonitoring } from '../../../../config/monitoring/with-monitoring.ts';
import type { Plan, PlannedService } from '../../../../config/plan/types.ts';
import type { SystemDescription } from '../../../../config/schema/system.ts';
import { redisSecretFiles, redisSecrets } from '../../../../config/stores/redis.ts';
import { error, planOf, resolveShop, service, system } from '../fixture.ts';

const { REDIS_PASSWORD, REDIS_ACL } = redisSecrets('cache');

const shop: SystemDescription = withMonitoring(
  system(
    {
      web: service({
        ports: { http: { container: 8080, metrics: '/stats' } },
        calls: ['db', 'cache'],
        environment: { DB: '${db:host}:${db:port}', CACHE: '${cache:host}:${cache:port}' },
        replicas: 2,
        limits: { memory: '100m', cpus: 0.5 },
      }),
      proxy: service({
        ports: { http: { container: 80 }, https: { container: 443 } },
        calls: ['web'],
        secrets: { TLS: { secret: 'CERTIFICATE', env: false } },
      }),
      worker: service(),
      migrate: service({ kind: 'job', ports: { http: { container: 1 } } }),
      db: service({
        singleton: true,
        ports: { postgres: { container: 5432 } },
        environment: { POSTGRES_USER: 'shop' },
      }),
      cache: service({
        singleton: true,
        limits: { memory: '1000m' },
        ports: { redis: { container: 6379 } },
        secrets: redisSecretFiles,
      }),
    },
    {
      certificates: { proxy: { description: 'Of the proxy.', names: ['shop.example'] } },
      secrets: {
        REDIS_PASSWORD,
        REDIS_ACL,
        CERTIFICATE: { description: 'Of the proxy.', format: { kind: 'certificate', certificate: 'proxy' } },
      },
    },
  ),
  { postgres: ['db'], redis: ['cache'] },
);

function planWith(values: Readonly<Record<string, unknown>> = {}, environment = 'dev'): Plan {
  return planOf(resolveShop(shop, { values: { environment, profiles: ['monitoring'], ...values } }));
}

function serviceOf(plan: Plan, name: string): PlannedService {
  const found = plan.services.find((one) => one.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
}

function fileOf(plan: Plan, name: string, path: string): string {
  return serviceOf(plan, name).files.find((file) => file.path === path)?.content ?? '';
}

interface Rule {
  alert: string;
  expr: string;
  for: string;
  labels: Readonly<Record<string, string>>;
}

function rulesOf(plan: Plan, group: string): Rule[] {
  const text = fileOf(plan, 'prometheus', '/etc/prometheus/rules.yml');
  const { groups } = parse(text) as { groups: { name: string; rules: Rule[] }[] };
  return groups.find(({ name }) => name === group)?.rules ?? [];
}

interface Job {
  job_name: string;
  metrics_path: string;
  dns_sd_configs: { names: string[]; type: string; port: number }[];
}

function jobsOf(plan: Plan): Job[] {
  const text = fileOf(plan, 'prometheus', '/etc/prometheus/prometheus.yml');
  return (parse(text) as { scrape_configs: Job[] }).scrape_configs;
}

const EXPORTERS = ['blackbox-exporter', 'cache-exporter', 'db-exporter', 'node-exporter'];

describe('without the profile', () => {
  const plan = planOf(resolveShop(shop));

  test('nothing of it runs, and no database is made for it', () => {
    expect(plan.services.map(({ name }) => name)).toEqual(['cache', 'db', 'migrate', 'proxy', 'web', 'worker']);
    expect(plan.databases).toBeUndefined();
  });

  test('the networks are those that it has with the profile on: whoever is there already stays', () => {
    const sizes = (of: Plan): unknown[] =>
      of.networks.filter(({ name }) => name !== 'egress').map(({ name, addresses }) => [name, addresses]);
    expect(sizes(planWith()).filter((size) => sizes(plan).some((one) => String(one) === String(size)))).toEqual(
      sizes(plan),
    );
  });
});

describe('with it', () => {
  const plan = planWith();

  test('what the description declares is asked: metrics where there are some, a connection otherwise', () => {
    expect(
      jobsOf(plan).map(({ job_name, metrics_path, dns_sd_configs: [found] }) =>
        [job_name, found?.names, found?.type, found?.port, metrics_path].join(' '),
      ),
    ).toEqual([
      'blackbox-exporter blackbox-exporter A 9115 /metrics',
      'probe:cache cache A 6379 /probe',
      'cache-exporter cache-exporter A 9121 /metrics',
      'probe:db db A 5432 /probe',
      'db-exporter db-exporter A 9187 /metrics',
      'fluent-bit fluent-bit A 2020 /api/v2/metrics/prometheus',
      'grafana grafana A 3000 /metrics',
      'loki loki A 3100 /metrics',
      'node-exporter node-exporter A 9100 /metrics',
      'prometheus prometheus A 9090 /metrics',
      'probe:proxy proxy A 80 /probe',
      'certificate:proxy proxy A 443 /probe',
      'web web A 8080 /stats',
    ]);
  });

  test('a probe goes through the exporter, and keeps the replica and its service apart', () => {
    expect(jobsOf(plan).find(({ job_name }) => job_name === 'certificate:proxy')).toEqual({
      job_name: 'certificate:proxy',
      metrics_path: '/probe',
      params: { module: ['tls'], hostname: ['shop.example'] },
      dns_sd_configs: [{ names: ['proxy'], type: 'A', port: 443, refresh_interval: '10s' }],
      relabel_configs: [
        { source_labels: ['__address__'], target_label: '__param_target' },
        { source_labels: ['__param_target'], target_label: 'instance' },
        { target_label: 'service', replacement: 'proxy' },
        { target_label: '__address__', replacement: 'blackbox-exporter:9115' },
      ],
    });
  });

  test('rules of a service know its replicas and its limits', () => {
    expect(rulesOf(plan, 'web').map(({ alert, expr, for: hold }) => [alert, expr, hold])).toEqual([
      ['ReplicaMissing', '(sum(up{job="web"}) or vector(0)) < 2', '1m'],
      [
        'RestartLoop',
        'sum(changes(process_start_time_seconds{job="web"}[15m])) + ' +
          'count(count_over_time(process_start_time_seconds{job="web"}[15m])) - 2 > 6',
        '0s',
      ],
      ['MemoryNearLimit', 'process_resident_memory_bytes{job="web"} > 94371840', '5m'],
      ['CpuNearLimit', 'rate(process_cpu_seconds_total{job="web"}[5m]) > 0.45', '15m'],
    ]);
    expect(rulesOf(plan, 'web')[0]?.labels).toEqual({ severity: 'critical', service: 'web' });
  });

  test('rules of what has no metrics of its own go by connections, certificates and the exporter beside it', () => {
    expect(rulesOf(plan, 'proxy').map(({ alert, expr }) => [alert, expr])).toEqual([
      ['ReplicaMissing', '(sum(probe_success{job="probe:proxy"}) or vector(0)) < 1'],
      ['CertificateExpires', 'probe_ssl_earliest_cert_expiry{job="certificate:proxy"} - time() < 1209600'],
    ]);
    expect(rulesOf(plan, 'cache').map(({ alert, expr }) => [alert, expr])).toEqual([
      ['ReplicaMissing', '(sum(probe_success{job="probe:cache"}) or vector(0)) < 1'],
      ['MemoryNearLimit', 'redis_memory_used_rss_bytes{job="cache-exporter"} > 943718400'],
      ['StoreUnreachable', 'redis_up{job="cache-exporter"} == 0'],
    ]);
    expect(rulesOf(plan, 'db').map(({ alert }) => alert)).toEqual([
      'ReplicaMissing',
      'StoreUnreachable',
      'ConnectionsNearLimit',
    ]);
    expect(rulesOf(plan, 'host').map(({ alert }) => alert)).toEqual(['DiskNearlyFull', 'HostMemoryLow']);
  });

  test('a secret is old after as many days as the stack says; its dates are handed over where the stack is deployed', () => {
    const old = (days?: string): unknown =>
      rulesOf(planWith(days === undefined ? {} : { parameters: { secretDays: days } }), 'secrets').map(
        ({ alert, expr }) => `${alert} ${expr}`,
      );
    expect(old()).toEqual(['SecretOld time() - slipway_secret_set_timestamp_seconds > 90 * 86400']);
    expect(old('30')).toEqual(['SecretOld time() - slipway_secret_set_timestamp_seconds > 30 * 86400']);
    expect(serviceOf(plan, 'prometheus').secretDates).toEqual({
      ...{ path: '/etc/prometheus/secret-dates.yml', mode: '0444', uid: 103, gid: 103 },
    });
    const { rule_files: files } = parse(fileOf(plan, 'prometheus', '/etc/prometheus/prometheus.yml')) as {
      rule_files: string[];
    };
    expect(files).toEqual(['/etc/prometheus/rules.yml', '/etc/prometheus/secret-dates*.yml']);
  });

  test.each(['soon', '0', '-1', '1.5', '90d'])('"%s" is no age of secrets', (days) => {
    const values = { profiles: ['prometheus'], parameters: { secretDays: days } };
    expect(resolveShop(shop, { values }).issues).toEqual([
      error(
        'slipway:parameters.secretDays',
        `"${days}" is no number of days after which a secret is old`,
        'a whole number from 1 to 99999, such as 90',
      ),
    ]);
    expect(resolveShop(shop, { values: { ...values, profiles: [] } }).issues).toEqual([]);
  });

  test('a stack that scales or limits a service is watched by its own numbers, and Prometheus reads them in place', () => {
    const scaled = planWith({ services: { web: { replicas: 3, memory: '200m' } } });
    expect(rulesOf(scaled, 'web').map(({ expr }) => expr)).toEqual(
      expect.arrayContaining([
        '(sum(up{job="web"}) or vector(0)) < 3',
        'process_resident_memory_bytes{job="web"} > 188743680',
      ]),
    );
    expect(serviceOf(scaled, 'prometheus').reload).toMatchObject({ scope: 'all' });
  });

  test('whoever asks is on the networks of whoever is asked', () => {
    expect(serviceOf(plan, 'prometheus').calls).toEqual(
      expect.arrayContaining(['cache', 'db', 'proxy', 'web', ...EXPORTERS]),
    );
    expect(serviceOf(plan, 'prometheus').networks.map(({ network }) => network)).toContain('door-web');
    expect(serviceOf(plan, 'blackbox-exporter').calls).toEqual(['cache', 'db', 'proxy']);
  });

  test('no password is an argument or a variable: exporters and Grafana read files', () => {
    const delivered = ['grafana', 'db-exporter', 'cache-exporter'].map((name) => {
      const { secrets, environmentSecrets } = serviceOf(plan, name);
      return [name, secrets.map(({ path, secret }) => `${path} ${secret}`), environmentSecrets];
    });
    expect(delivered).toEqual([
      ['grafana', ['/run/secrets/GRAFANA_PASSWORD GRAFANA_PASSWORD'], []],
      ['db-exporter', ['/run/secrets/DATA_SOURCE_PASS DB_MONITORING_PASSWORD'], []],
      ['cache-exporter', ['/run/secrets/REDIS_PASSWORD CACHE_EXPORTER_PASSWORDS'], []],
    ]);
    expect(plan.secrets.find(({ name }) => name === 'GRAFANA_PASSWORD')?.source).toBe('generated');
    expect(plan.secrets.find(({ name }) => name === 'CACHE_EXPORTER_PASSWORDS')?.format).toEqual({
      kind: 'template',
      template: '{"redis://cache:6379":"${REDIS_PASSWORD|json}"}',
    });
  });

  test('the exporter of a PostgreSQL logs in as a role of its own, which is no superuser', () => {
    expect(plan.databases).toEqual([expect.objectContaining({ service: 'db', owner: 'db_monitoring', admin: 'shop' })]);
    expect(serviceOf(plan, 'db-exporter').environment).toMatchObject({
      DATA_SOURCE_URI: 'db:5432/db_monitoring?sslmode=disable',
      DATA_SOURCE_USER: 'db_monitoring',
    });
  });

  test('nobody who watches is less locked down than the default, or without limits', () => {
    for (const name of ['grafana', 'prometheus', ...EXPORTERS]) {
      const { departures, limits, binds } = serviceOf(plan, name);
      expect([name, departures, binds, limits.cpus, limits.memory]).toEqual([name, [], [], 0.5, expect.any(Number)]);
    }
  });

  test('the dashboard asks what the rules ask, and shows limits', () => {
    const text = fileOf(plan, 'grafana', '/etc/grafana/dashboards/system.json');
    const { panels } = JSON.parse(text) as { panels: { title: string; targets: { expr: string; refId: string }[] }[] };
    const of = (title: string): string[] =>
      panels.find((panel) => panel.title === title)?.targets.map(({ expr }) => expr) ?? [];
    expect(of('Memory, and limits of a replica')).toEqual(
      expect.arrayContaining(['process_resident_memory_bytes{job="web"}', 'vector(104857600)']),
    );
    expect(of('Requests')).toContain('sum(rate(http_request_duration_seconds_count{job="web"}[5m]))');
    expect(panels.map(({ title }) => title)).toEqual(
      expect.arrayContaining(['Alerts', 'db: transactions', 'cache: commands, and keys it dropped', 'Host: load']),
    );
    for (const { targets } of panels) expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    expect(fileOf(plan, 'grafana', '/etc/grafana/provisioning/datasources/system.yml')).toContain(
      'url: http://prometheus:9090',
    );
  });
});

test('dates of secrets are rules that record them, whole seconds, sorted by name', () => {
  const rules = parse(
    secretDateRules({ TOKEN: '2026-01-01T00:00:00.500Z', KEY: '2026-01-02T00:00:00.000Z' }),
  ) as unknown;
  const record = 'slipway_secret_set_timestamp_seconds';
  expect(rules).toEqual({
    groups: [
      {
        name: 'secret-dates',
        rules: [
          { record, expr: 'vector(1767312000)', labels: { secret: 'KEY' } },
          { record, expr: 'vector(1767225600)', labels: { secret: 'TOKEN' } },
        ],
      },
    ],
  });
  expect(parse(secretDateRules({}))).toEqual({ groups: [] });
});

test('the profile prometheus is all that needs no registry of images', () => {
  const names = planWith({ profiles: ['prometheus'] }).services.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['prometheus', ...EXPORTERS]));
  expect(names).not.toContain('grafana');
});

test('a store that somebody else runs has no exporter, and no database is asked of it', () => {
  const plan = planWith({
    services: { db: { external: { host: 'db.example' } }, cache: { external: { host: 'cache.example' } } },
  });
  expect(plan.services.map(({ name }) => name).filter((name) => name.endsWith('-exporter'))).toEqual([
    'blackbox-exporter',
    'node-exporter',
  ]);
  expect(plan.databases).toBeUndefined();
  expect(jobsOf(plan).map(({ job_name }) => job_name)).not.toContain('probe:db');
});

test.each([
  ['dev', ['grafana 3100', 'loki 3200', 'prometheus 9090'], ['log-socket', 'loki-data', 'prometheus-data']],
  ['test', ['grafana free', 'prometheus free'], []],
  ['prod', ['grafana 3100'], ['loki-data', 'prometheus-data']],
])('in %s: what is published on 127.0.0.1, and what is kept', (environment, published, volumes) => {
  const plan = planWith({}, environment);
  const ports = plan.services.flatMap(({ name, ports: all }) =>
    all.flatMap(({ published: port, address }) =>
      port === undefined ? [] : [`${name} ${port}${address === '127.0.0.1' ? '' : ` ${address ?? ''}`}`],
    ),
  );
  expect(ports).toEqual(published);
  expect(plan.volumes.map(({ name }) => name)).toEqual(volumes);
});

test('a store without a port or a password to log in with is a mistake of the description', () => {
  const plain = system({ db: service(), cache: service({ ports: { redis: { container: 6379 } } }) });
  expect(() => withMonitoring(plain, { postgres: ['db'] })).toThrow('shop: "db" is no service with one port');
  expect(() => withMonitoring(plain, { postgres: ['other'] })).toThrow('shop: "other" is no service with one port');
  expect(() => withMonitoring(plain, { redis: ['cache'] })).toThrow(
    'shop: "cache" has no secret file HEALTHCHECK_PASSWORD',
  );
});

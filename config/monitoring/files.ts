import { stringify } from 'yaml';
import { activeServices } from '../plan/profiles.ts';
import type { Service } from '../schema/service.ts';
import type { System } from '../schema/system.ts';
import { alertRules } from './alerts.ts';
import { dashboard, DATA_SOURCE, LOGS_SOURCE, type Shown } from './dashboard.ts';
import { collectorConfig, collectsLogs, lokiConfig } from './logs.ts';
import { probeConfig, RULES_FILE, scrapeConfig } from './scrape.ts';
import { exporterOf, isWatched, targetsOf, type Target } from './targets.ts';

type Services = Readonly<Record<string, Service>>;
type Files = Service['files'];

/** Those that open connections to what is watched, and to what of it. */
const ASKING: Readonly<Record<string, (target: Target) => boolean>> = {
  prometheus: () => true,
  'blackbox-exporter': ({ probe, tls }) => probe !== undefined || tls !== undefined,
};

/**
 * A system that can be watched, as a stack has it: whoever asks calls whoever is asked; a store that somebody else runs has
 * no exporter, and without the profile there is no database for one. Any other system stays as it is. Pure.
 */
export function monitoredSystem(system: System, profiles: readonly string[]): System {
  const { monitoring } = system;
  if (!monitoring) return system;
  const stores = [...monitoring.postgres, ...monitoring.redis];
  const here = (store: string): boolean => system.services[store] !== undefined && !system.services[store].external;
  const unneeded = new Set(stores.filter((store) => !here(store)).map(exporterOf));
  const services = without(system.services, (name) => unneeded.has(name));
  // Whether or not the profile is on: networks are made for all who may join one day.
  const targets = targetsOf(services, system);
  const isOn = isWatched(profiles);
  const ofExporters = new Set(
    monitoring.postgres.map((store) => system.services[exporterOf(store)]?.environment['DATA_SOURCE_USER']),
  );
  return {
    ...system,
    services: {
      ...services,
      ...Object.fromEntries(
        Object.entries(ASKING).flatMap(([name, asks]) => {
          const service = services[name];
          const calls = targets
            .filter((target) => target.service !== name && asks(target))
            .map(({ service }) => service);
          return service ? [[name, { ...service, calls }]] : [];
        }),
      ),
    },
    databases: without(
      system.databases,
      (name) => ofExporters.has(name) && !(isOn && here(system.databases[name]?.service ?? '')),
    ),
  };
}

/**
 * The services with what Prometheus, the blackbox exporter and Grafana read: made from those that run, their ports, replicas
 * and limits as the stack has them. Pure.
 */
export function withMonitoringFiles(
  system: System,
  services: Services,
  profiles: readonly string[],
  running: readonly string[],
): Record<string, Service> {
  const on = activeServices(services, profiles);
  const shows = { metrics: isWatched(profiles), logs: collectsLogs(on) };
  if (!system.monitoring || !(shows.metrics || shows.logs)) return { ...services };
  const targets = targetsOf(
    without(on, (name) => !running.includes(name)),
    system,
  );
  const files: Readonly<Record<string, Files>> = {
    prometheus: {
      '/etc/prometheus/prometheus.yml': file(scrapeConfig(targets)),
      [RULES_FILE]: file(alertRules(targets)),
    },
    'blackbox-exporter': { '/etc/blackbox/blackbox.yml': file(probeConfig) },
    grafana: {
      '/etc/grafana/provisioning/datasources/system.yml': file(dataSources(shows)),
      '/etc/grafana/provisioning/dashboards/system.yml': file(dashboards),
      [`${DASHBOARDS}/system.json`]: file(dashboard(system.name, targets, shows)),
    },
    loki: { '/etc/loki/loki.yml': file(lokiConfig) },
    'fluent-bit': { '/etc/fluent-bit/fluent-bit.yaml': file(collectorConfig(system.name)) },
  };
  return Object.fromEntries(
    Object.entries(services).map(([name, service]) => [
      name,
      files[name] ? { ...service, files: { ...service.files, ...files[name] } } : service,
    ]),
  );
}

const DASHBOARDS = '/etc/grafana/dashboards';

function dataSources({ metrics, logs }: Shown): string {
  const prometheus = {
    ...{ name: 'Prometheus', uid: DATA_SOURCE, type: 'prometheus', access: 'proxy', isDefault: true },
    url: 'http://prometheus:9090',
  };
  const loki = {
    ...{ name: 'Loki', uid: LOGS_SOURCE, type: 'loki', access: 'proxy', isDefault: !metrics },
    url: 'http://loki:3100',
  };
  return stringify({ apiVersion: 1, datasources: [...(metrics ? [prometheus] : []), ...(logs ? [loki] : [])] });
}

const dashboards = stringify({
  apiVersion: 1,
  providers: [{ name: 'slipway', type: 'file', options: { path: DASHBOARDS } }],
});

function file(content: string): Files[string] {
  return { content, mode: '0444' };
}

function without<T>(map: Readonly<Record<string, T>>, isOut: (name: string) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(map).filter(([name]) => !isOut(name)));
}

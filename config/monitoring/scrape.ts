import { stringify } from 'yaml';
import { SECRET_DATES } from './secret-dates.ts';
import type { Target } from './targets.ts';

/** How often each target is asked, and rules are evaluated. */
const INTERVAL = '15s';

/** Where the rules lie, beside the configuration. */
export const RULES_FILE = '/etc/prometheus/rules.yml';

/** Address of the exporter that makes connections. */
const PROBER = 'blackbox-exporter:9115';

/** Replicas are found by the name of their service: a new one, or one that has gone, within ten seconds. */
function discovered(service: string, port: number): object {
  return { dns_sd_configs: [{ names: [service], type: 'A', port, refresh_interval: '10s' }] };
}

function named(service: string): object {
  return { target_label: 'service', replacement: service };
}

/** A probe of each replica, made by the blackbox exporter; with a host name over TLS, under that name. */
function probe(name: string, service: string, port: number, hostname?: string): object {
  return {
    job_name: name,
    metrics_path: '/probe',
    params: hostname === undefined ? { module: ['tcp'] } : { module: ['tls'], hostname: [hostname] },
    ...discovered(service, port),
    relabel_configs: [
      { source_labels: ['__address__'], target_label: '__param_target' },
      { source_labels: ['__param_target'], target_label: 'instance' },
      named(service),
      { target_label: '__address__', replacement: PROBER },
    ],
  };
}

/** The configuration of Prometheus for what a stack runs: YAML, the same for the same targets. */
export function scrapeConfig(targets: readonly Target[]): string {
  return stringify(
    {
      global: { scrape_interval: INTERVAL, scrape_timeout: '10s', evaluation_interval: INTERVAL },
      rule_files: [RULES_FILE, SECRET_DATES.pattern],
      scrape_configs: targets.flatMap(({ service, metrics, probe: port, tls }) => [
        ...metrics.map(({ port: container, path }, index) => ({
          job_name: index === 0 ? service : `${service}:${container}`,
          metrics_path: path,
          ...discovered(service, container),
          relabel_configs: [named(service)],
        })),
        ...(port === undefined ? [] : [probe(`probe:${service}`, service, port)]),
        ...(tls === undefined ? [] : [probe(`certificate:${service}`, service, tls.port, tls.name)]),
      ]),
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}

/** The configuration of the blackbox exporter: it connects, and looks at certificates without judging who has signed them. */
export const probeConfig: string = stringify({
  modules: {
    tcp: { prober: 'tcp', timeout: '5s', tcp: { preferred_ip_protocol: 'ip4' } },
    tls: {
      prober: 'tcp',
      timeout: '5s',
      tcp: { preferred_ip_protocol: 'ip4', tls: true, tls_config: { insecure_skip_verify: true } },
    },
  },
});

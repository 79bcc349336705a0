import { stringify } from 'yaml';
import { SECRET_DAYS, SECRET_SET } from './secret-dates.ts';
import { exporterOf, type Target } from './targets.ts';

/** How near to a limit is too near. */
const NEAR = 0.9;

/** Days that a certificate has to be good for: one that is renewed by an `up` is replaced well before. */
const CERTIFICATE_DAYS = 14;

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: { readonly summary: string };
}

function alert(
  name: string,
  severity: 'critical' | 'warning',
  { expr, hold, service, summary }: { expr: string; hold: string; service?: string; summary: string },
): Alert {
  return {
    alert: name,
    expr,
    for: hold,
    labels: { severity, ...(service !== undefined && { service }) },
    annotations: { summary },
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** What a service that tells it uses of memory, in bytes; undefined: it tells nothing. */
export function memoryOf({ service, metrics, store }: Target): string | undefined {
  if (store === 'redis') return `redis_memory_used_rss_bytes{job="${exporterOf(service)}"}`;
  return metrics.length > 0 ? `process_resident_memory_bytes{job="${service}"}` : undefined;
}

/** What a service that tells it uses of CPU, in cores; undefined: it tells nothing. */
export function cpuOf({ service, metrics, store }: Target): string | undefined {
  if (store === 'redis') {
    const of = `{job="${exporterOf(service)}"}[5m]`;
    return `rate(redis_cpu_sys_seconds_total${of}) + rate(redis_cpu_user_seconds_total${of})`;
  }
  return metrics.length > 0 ? `rate(process_cpu_seconds_total{job="${service}"}[5m])` : undefined;
}

/** How many replicas of a service answer. One that takes connections and answers no request is not there. */
export function answering({ service, metrics }: Target): string {
  const answers = metrics.length > 0 ? `up{job="${service}"}` : `probe_success{job="probe:${service}"}`;
  return `sum(${answers}) or vector(0)`;
}

function ofService(target: Target): Alert[] {
  const { service, replicas, memory, cpus, metrics, tls } = target;
  const resident = memoryOf(target);
  const cpu = cpuOf(target);
  const starts = `process_start_time_seconds{job="${service}"}[15m]`;
  return [
    alert('ReplicaMissing', 'critical', {
      expr: `(${answering(target)}) < ${replicas}`,
      hold: '1m',
      service,
      summary: `{{ $value }} of ${replicas} replicas of ${service} answer.`,
    }),
    ...(metrics.length > 0
      ? [
          // Starts at one address, and addresses beyond those of a stack at rest; a release is one for each replica.
          alert('RestartLoop', 'critical', {
            expr: `sum(changes(${starts})) + count(count_over_time(${starts})) - ${replicas} > ${3 * replicas}`,
            hold: '0s',
            service,
            summary: `${service} has started {{ $value }} times within a quarter of an hour.`,
          }),
        ]
      : []),
    ...(memory === undefined || resident === undefined
      ? []
      : [
          alert('MemoryNearLimit', 'warning', {
            expr: `${resident} > ${Math.floor(NEAR * memory)}`,
            hold: '5m',
            service,
            summary: `{{ $labels.instance }} of ${service} uses more than ${percent(NEAR)} of its memory.`,
          }),
        ]),
    ...(cpus === undefined || cpu === undefined
      ? []
      : [
          alert('CpuNearLimit', 'warning', {
            expr: `${cpu} > ${Number((NEAR * cpus).toFixed(4))}`,
            hold: '15m',
            service,
            summary: `{{ $labels.instance }} of ${service} has used more than ${percent(NEAR)} of its CPU for a quarter of an hour.`,
          }),
        ]),
    ...(tls === undefined
      ? []
      : [
          alert('CertificateExpires', 'warning', {
            expr: `probe_ssl_earliest_cert_expiry{job="certificate:${service}"} - time() < ${CERTIFICATE_DAYS * 86_400}`,
            hold: '10m',
            service,
            summary: `The certificate of ${service} is good for less than ${CERTIFICATE_DAYS} days.`,
          }),
        ]),
  ];
}

const ofHost: readonly Alert[] = [
  alert('DiskNearlyFull', 'critical', {
    expr: 'node_filesystem_avail_bytes{mountpoint="/"} / node_filesystem_size_bytes{mountpoint="/"} < 0.1',
    hold: '5m',
    summary: "The file system of the engine's data has {{ $value | humanizePercentage }} left.",
  }),
  alert('HostMemoryLow', 'critical', {
    expr: 'node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.05',
    hold: '5m',
    summary: 'The host has {{ $value | humanizePercentage }} of its memory left.',
  }),
];

const ofSecrets: readonly Alert[] = [
  alert('SecretOld', 'warning', {
    expr: `time() - ${SECRET_SET} > \${${SECRET_DAYS.name}} * 86400`,
    hold: '0s',
    summary: 'Secret {{ $labels.secret }} has had its value for {{ $value | humanizeDuration }}.',
  }),
];

/** What the exporter beside a store knows. */
function ofStore({ service, store }: Target): Alert[] {
  const of = `{job="${exporterOf(service)}"}`;
  const unreachable = (metric: string): Alert =>
    alert('StoreUnreachable', 'critical', {
      expr: `${metric}${of} == 0`,
      hold: '1m',
      service,
      summary: `Nobody can log in to ${service}: so its exporter says.`,
    });
  if (store === 'redis') return [unreachable('redis_up')];
  if (store === undefined) return [];
  return [
    unreachable('pg_up'),
    alert('ConnectionsNearLimit', 'warning', {
      expr: `sum(pg_stat_database_numbackends${of}) > ${NEAR} * max(pg_settings_max_connections${of})`,
      hold: '5m',
      service,
      summary: `More than ${percent(NEAR)} of the connections that ${service} takes are open.`,
    }),
  ];
}

/** The alert rules of what a stack runs: YAML, the same for the same targets. */
export function alertRules(targets: readonly Target[]): string {
  return stringify(
    {
      groups: [
        ...targets.map((target) => ({ name: target.service, rules: [...ofService(target), ...ofStore(target)] })),
        { name: 'host', rules: ofHost },
        { name: 'secrets', rules: ofSecrets },
      ],
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}

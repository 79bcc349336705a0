import { stringify } from 'yaml';
import { LABELS } from '../../engine/labels.ts';
import { activeServices } from '../plan/profiles.ts';
import type { Service } from '../schema/service.ts';
import type { SystemInput } from '../schema/system.ts';

/*
 * Logs of a stack in one place. The engine hands each line of a container to a collector by its own driver for that, over a
 * Unix socket in a volume: the collector is given what the stack's containers have written, and no folder of the host.
 */

type Services = SystemInput['services'];

/** The volume that the collector's socket is in: it comes and goes with the stack. */
export const SOCKET_VOLUME = 'log-socket';
const SOCKET = { volume: SOCKET_VOLUME, file: 'collector.sock', option: 'fluentd-address' } as const;

/** Where the collector mounts it. */
const SOCKET_FOLDER = '/run/collector';

/** The services of which logs are not collected: what they say of logs would be logs to say something of. */
const COLLECTING: readonly string[] = ['fluent-bit', 'loki'];

/** How long Loki keeps lines: as long as Prometheus does what it has measured. */
const RETENTION = '360h';

/** Where Loki has its data, in its image and in test. */
export const LOKI_DATA = { volume: '/loki', memory: '/memory' } as const;

/** True where the services that run include the collector. */
export function collectsLogs(services: Readonly<Record<string, unknown>>): boolean {
  return Object.hasOwn(services, 'fluent-bit');
}

/**
 * The services with the driver by which the engine hands the collector what they write, where it runs. The engine keeps a copy
 * as large as the file that it wrote before, so that its own `logs` goes on. One with another driver of its own keeps that. Pure.
 */
export function withCollectedLogs(
  services: Readonly<Record<string, Service>>,
  profiles: readonly string[],
  running: readonly string[],
): Record<string, Service> {
  if (!collectsLogs(activeServices(services, profiles)) || !running.includes('fluent-bit')) return { ...services };
  return Object.fromEntries(
    Object.entries(services).map(([name, service]) => [
      name,
      COLLECTING.includes(name) || service.logging.driver !== 'json-file' ? service : collected(service),
    ]),
  );
}

function collected(service: Service): Service {
  const { 'max-size': size = '10m', 'max-file': files = '3' } = service.logging.options;
  return {
    ...service,
    logging: {
      driver: 'fluentd',
      options: {
        // A container starts, runs and stops whether or not anybody collects; beyond this many lines the newest are lost.
        'fluentd-async': 'true',
        'fluentd-buffer-limit': '8192',
        'fluentd-sub-second-precision': 'true',
        labels: `${LABELS.service},${LABELS.replica}`,
        'cache-max-size': size,
        'cache-max-file': files,
      },
      socket: SOCKET,
    },
  };
}

/** Loki, and the collector that fills it. */
export const logServices: Services = {
  loki: {
    description: 'Keeps logs, and searches them.',
    image: 'loki',
    profiles: ['logs'],
    singleton: true,
    limits: { memory: '1g', cpus: 0.5 },
    ports: { http: { container: 3100, metrics: '/metrics' } },
    command: ['-config.file=/etc/loki/loki.yml', '-config.expand-env=true'],
    environment: { LOKI_DATA: LOKI_DATA.volume },
    healthcheck: {
      test: ['CMD', '/usr/bin/loki', '-health'],
      // It says for a quarter of a minute after its start that it is not ready.
      ...{ interval: '15s', timeout: '10s', retries: 5, startPeriod: '90s', startInterval: '2s' },
    },
    volumes: { 'loki-data': LOKI_DATA.volume },
    tmpfs: { '/tmp': {} },
  },
  'fluent-bit': {
    description: 'Takes from the engine what containers write, and sends it to Loki.',
    image: 'fluent-bit',
    profiles: ['logs'],
    singleton: true,
    limits: { memory: '128m', cpus: 0.5 },
    ports: { http: { container: 2020, metrics: '/api/v2/metrics/prometheus' } },
    command: ['-c', '/etc/fluent-bit/fluent-bit.yaml'],
    calls: ['loki'],
    // Its image has no program to ask it with: nothing checks its health. Prometheus asks it for its metrics.
    reasons: {
      user: 'The volume with its socket is of root, and so is the engine that connects; it has no capabilities.',
    },
    volumes: { [SOCKET_VOLUME]: SOCKET_FOLDER },
    tmpfs: { '/tmp': {} },
  },
};

/** The configuration of Loki: YAML. One process, its data in a folder, nothing told to anybody outside. */
export const lokiConfig: string = stringify({
  auth_enabled: false,
  server: { http_listen_port: 3100, log_level: 'warn' },
  common: {
    instance_addr: '127.0.0.1',
    path_prefix: '${LOKI_DATA}',
    replication_factor: 1,
    ring: { kvstore: { store: 'inmemory' } },
    storage: { filesystem: { chunks_directory: '${LOKI_DATA}/chunks', rules_directory: '${LOKI_DATA}/rules' } },
  },
  schema_config: {
    configs: [
      {
        ...{ from: '2024-01-01', store: 'tsdb', object_store: 'filesystem', schema: 'v13' },
        index: { prefix: 'index_', period: '24h' },
      },
    ],
  },
  compactor: {
    ...{ working_directory: '${LOKI_DATA}/compactor', retention_enabled: true },
    delete_request_store: 'filesystem',
  },
  limits_config: { retention_period: RETENTION, ingestion_rate_mb: 8, ingestion_burst_size_mb: 16 },
  analytics: { reporting_enabled: false },
});

/** The configuration of the collector: YAML. What it holds while Loki is away is bounded; then the engine holds some. */
export function collectorConfig(system: string): string {
  return stringify(
    {
      service: { flush: 1, log_level: 'warn', http_server: 'on', http_listen: '0.0.0.0', http_port: 2020 },
      pipeline: {
        inputs: [
          {
            ...{ name: 'forward', unix_path: `${SOCKET_FOLDER}/${SOCKET.file}`, unix_perm: '0600' },
            mem_buf_limit: '32M',
          },
        ],
        // Its labels can't be made of keys with dots.
        filters: [{ name: 'modify', match: '*', rename: [`${LABELS.service} service`, `${LABELS.replica} replica`] }],
        outputs: [
          {
            ...{ name: 'loki', match: '*', host: 'loki', port: 3100, line_format: 'json', drop_single_key: 'raw' },
            labels: `system=${system}, service=$service, replica=$replica, source=$source`,
            remove_keys: '$container_id, $container_name, $source, $service, $replica',
            retry_limit: 'no_limits',
          },
        ],
      },
    },
    { lineWidth: 0 },
  );
}

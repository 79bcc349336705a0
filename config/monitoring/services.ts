import type { SystemInput } from '../schema/system.ts';
import { SECRET_DATES } from './secret-dates.ts';
import { PROFILES } from './targets.ts';

type Services = SystemInput['services'];
type Changes = Partial<Services[string]>;

/** How long Prometheus keeps what it has measured, and how much of it at most. */
const RETENTION = ['--storage.tsdb.retention.time=15d', '--storage.tsdb.retention.size=4GB'];

/** The folder of Prometheus's data in its image, and where its volume is mounted. */
const DATA = '/prometheus';

/** Where test keeps it: no folder of the image, as a tmpfs takes the mode of one that exists and not its owner. */
const MEMORY = '/memory';

/** One that listens on a port and answers HTTP there; all have limits: what watches must not starve what is watched. */
function watcher(image: string, port: number, path: string, memory: string): Services[string] & Changes {
  return {
    description: '',
    image,
    profiles: [...PROFILES],
    // In the network that all share under its own name: a network for each would be many.
    singleton: true,
    limits: { memory, cpus: 0.5 },
    ports: { http: { container: port, metrics: '/metrics' } },
    healthcheck: {
      test: ['CMD', '/usr/local/bin/healthcheck', 'http', String(port), path],
      ...{ interval: '15s', timeout: '5s', retries: 5, startPeriod: '60s', startInterval: '500ms' },
    },
    tmpfs: { '/tmp': {} },
  };
}

function prometheusCommand(folder: string): string[] {
  return [
    ...['prometheus', '--config.file=/etc/prometheus/prometheus.yml', `--storage.tsdb.path=${folder}`],
    ...RETENTION,
  ];
}

/** What test changes: nothing is kept. */
export const prometheusInMemory: Changes = {
  command: prometheusCommand(`${MEMORY}/prometheus`),
  tmpfs: { [MEMORY]: { size: '512m' }, [DATA]: { size: '1m' } },
};

/** What is there whatever a system consists of. The files of Prometheus and Grafana come with the plan. */
export const watchers: Services = {
  prometheus: {
    ...watcher('prometheus', 9090, '/-/ready', '1g'),
    description: 'Measures what the services say of themselves, and raises alerts.',
    command: prometheusCommand(DATA),
    volumes: { 'prometheus-data': DATA },
    secretDates: SECRET_DATES.path,
    // What it is to ask is tested and read again: another number of replicas replaces nothing.
    reload: {
      command: ['sh', '-c', 'promtool check config /etc/prometheus/prometheus.yml && kill -HUP 1'],
      scope: 'all',
    },
    rollout: { stopGrace: '60s' },
  },
  'blackbox-exporter': {
    ...watcher('prometheus', 9115, '/-/healthy', '128m'),
    description: 'Makes connections to replicas that have no metrics, and looks at certificates.',
    command: ['prometheus-blackbox-exporter', '--config.file=/etc/blackbox/blackbox.yml'],
  },
  'node-exporter': {
    ...watcher('prometheus', 9100, '/', '128m'),
    description: 'Tells load, memory and disk of the host, of which it mounts nothing.',
    // /proc tells of the host's processors and memory in every container, and a container's root lies on the engine's disk.
    command: [
      ...['prometheus-node-exporter', '--collector.disable-defaults'],
      ...['cpu', 'filesystem', 'loadavg', 'meminfo'].map((name) => `--collector.${name}`),
      '--collector.filesystem.mount-points-exclude=^/.+',
      '--collector.filesystem.fs-types-exclude=^(proc|sysfs|tmpfs)$',
    ],
  },
  grafana: {
    ...watcher('grafana', 3000, '', '512m'),
    description: 'Shows what Prometheus has measured, and what Loki keeps.',
    profiles: ['logs', 'monitoring'],
    healthcheck: {
      test: ['CMD', 'wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:3000/api/health'],
      ...{ interval: '15s', timeout: '5s', retries: 5, startPeriod: '60s' },
    },
    calls: ['prometheus', 'loki'],
    environment: {
      // Nothing is asked of, or told to, anybody outside.
      ...{ GF_ANALYTICS_REPORTING_ENABLED: false, GF_ANALYTICS_CHECK_FOR_UPDATES: false },
      ...{ GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: false, GF_NEWS_NEWS_FEED_ENABLED: false },
      ...{ GF_LOG_MODE: 'console', GF_USERS_ALLOW_SIGN_UP: false },
      GF_SECURITY_ADMIN_PASSWORD__FILE: '/run/secrets/GRAFANA_PASSWORD',
    },
    secrets: { GRAFANA_PASSWORD: { secret: 'GRAFANA_PASSWORD', env: false } },
    // Everything that it shows is generated: there is nothing to keep.
    tmpfs: { '/tmp': {}, '/var/lib/grafana': {} },
  },
};

/** Reads a PostgreSQL, as a role that owns an empty database and opens no other. */
export function postgresExporter(store: string, port: number, database: string, secret: string): Services[string] {
  return {
    ...watcher('prometheus', 9187, '/', '128m'),
    description: `Tells how many connect to ${store}, and what they do.`,
    command: ['prometheus-postgres-exporter', '--disable-default-metrics', ...WITHOUT.map((name) => `--no-${name}`)],
    calls: [store],
    environment: { DATA_SOURCE_URI: `${store}:${port}/${database}?sslmode=disable`, DATA_SOURCE_USER: database },
    secrets: { DATA_SOURCE_PASS: secret },
  };
}

/** What only a superuser may ask, what PostgreSQL 17 has elsewhere, and what is of an empty database. */
const WITHOUT = ['database', 'wal', 'stat_bgwriter', 'replication', 'stat_user_tables', 'statio_user_tables'].map(
  (name) => `collector.${name}`,
);

/** Reads a Redis, with its password from a file. */
export function redisExporter(store: string, port: number, secret: string): Services[string] {
  return {
    ...watcher('prometheus', 9121, '/health', '128m'),
    description: `Tells what ${store} holds and drops.`,
    command: ['prometheus-redis-exporter'],
    calls: [store],
    environment: { REDIS_ADDR: `redis://${store}:${port}` },
    secrets: { REDIS_PASSWORD: secret },
  };
}

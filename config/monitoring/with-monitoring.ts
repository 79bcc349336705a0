import type { Overlay, SystemDescription, SystemInput } from '../schema/system.ts';
import { LOKI_DATA, logServices, SOCKET_VOLUME } from './logs.ts';
import { postgresExporter, prometheusInMemory, redisExporter, watchers } from './services.ts';
import { SECRET_DAYS } from './secret-dates.ts';
import { exporterOf } from './targets.ts';

type Services = SystemInput['services'];
type Environment = Overlay<SystemInput>;

/** What is told to monitoring that no port says. */
export interface MonitoringOptions {
  /** Services that are a PostgreSQL with the contract of `config/stores/postgres.ts`, spoken to without TLS. */
  readonly postgres?: readonly string[];
  /** Services that are a Redis with the contract of `config/stores/redis.ts`, spoken to without TLS. */
  readonly redis?: readonly string[];
  /** Where in dev another service has the port that is published by default. */
  readonly published?: Partial<typeof PUBLISHED>;
}

/** Ports on 127.0.0.1. Those of Prometheus and Loki are published on a developer's machine alone: they ask nobody who they are. */
const PUBLISHED: Readonly<Record<'prometheus' | 'grafana' | 'loki', number>> = {
  ...{ prometheus: 9090, grafana: 3100, loki: 3200 },
};

/**
 * A system that can be watched: with the profile `monitoring` on it has Prometheus with exporters, and Grafana. What these
 * ask, and what they raise alarm about, follows from what a stack comes to: see {@link withMonitoringFiles}.
 * @throws Error where a store is none of the system's services, or is not of that contract
 */
export function withMonitoring(description: SystemDescription, options: MonitoringOptions = {}): SystemDescription {
  const { postgres = [], redis = [] } = options;
  const published = { ...PUBLISHED, ...options.published };
  const stores = { postgres: postgres.map(postgresPart(description)), redis: redis.map(redisPart(description)) };
  const parts = [...stores.postgres, ...stores.redis];
  const { dev, test, prod } = description.environments;
  return {
    ...description,
    parameters: { [SECRET_DAYS.name]: SECRET_DAYS.value, ...description.parameters },
    monitoring: { postgres: [...postgres], redis: [...redis] },
    images: {
      ...description.images,
      prometheus: { build: { context: 'images/prometheus' }, uid: 103, gid: 103 },
      // No package registry that a closed machine reaches has it.
      grafana: { reference: 'grafana/grafana:11.6.0', uid: 472, gid: 0 },
      loki: { reference: 'grafana/loki:3.7.6', uid: 10_001, gid: 10_001 },
      'fluent-bit': { reference: 'fluent/fluent-bit:5.1.1', uid: 0, gid: 0 },
    },
    secrets: {
      ...description.secrets,
      GRAFANA_PASSWORD: { description: 'Password of admin in Grafana.', format: { kind: 'password', length: 32 } },
      ...merged(parts.map(({ secrets }) => secrets)),
    },
    databases: { ...description.databases, ...merged(parts.map(({ databases = {} }) => databases)) },
    volumes: {
      ...description.volumes,
      'prometheus-data': { description: 'What Prometheus has measured.' },
      'loki-data': { description: 'Lines that containers have written.' },
      [SOCKET_VOLUME]: { description: 'Where the engine hands over what containers write.', keep: false },
    },
    services: {
      ...description.services,
      ...watchers,
      ...logServices,
      ...merged(parts.map(({ services }) => services)),
    },
    environments: {
      dev: changed(dev, {
        prometheus: { ports: { http: { published: published.prometheus } } },
        grafana: { ports: { http: { published: published.grafana } } },
        // A developer looks at all of it; elsewhere to collect logs is a choice of its own.
        loki: { profiles: ['logs', 'monitoring'], ports: { http: { published: published.loki } } },
        'fluent-bit': { profiles: ['logs', 'monitoring'] },
      }),
      test: changed(
        { ...test, volumes: { ...test.volumes, 'prometheus-data': null, 'loki-data': null } },
        {
          prometheus: {
            ...prometheusInMemory,
            volumes: { 'prometheus-data': null },
            ports: { http: { published: 'free' } },
          },
          grafana: { ports: { http: { published: 'free' } } },
          loki: {
            volumes: { 'loki-data': null },
            environment: { LOKI_DATA: LOKI_DATA.memory },
            tmpfs: { [LOKI_DATA.memory]: { size: '512m' } },
          },
        },
      ),
      prod: changed(prod, { grafana: { ports: { http: { published: published.grafana } } } }),
    },
  };
}

function merged<T>(maps: readonly Readonly<Record<string, T>>[]): Record<string, T> {
  return Object.fromEntries(maps.flatMap((map) => Object.entries(map)));
}

function changed(environment: Environment, services: NonNullable<Environment['services']>): Environment {
  return { ...environment, services: { ...environment.services, ...services } };
}

/** What comes with one store. */
interface Part {
  readonly services: Services;
  readonly secrets: NonNullable<SystemInput['secrets']>;
  readonly databases?: NonNullable<SystemInput['databases']>;
}

function postgresPart(system: SystemInput): (store: string) => Part {
  return (store) => {
    const database = monitoringDatabase(store);
    const secret = `${database.toUpperCase()}_PASSWORD`;
    return {
      services: { [exporterOf(store)]: postgresExporter(store, portOf(system, store), database, secret) },
      secrets: {
        [secret]: {
          description: `Password of the role that watches ${store}.`,
          format: { kind: 'password', length: 32 },
        },
      },
      databases: { [database]: { kind: 'postgres', service: store, owner: database, password: secret } },
    };
  };
}

/** The database that the exporter of a PostgreSQL logs in to, and the role that owns it. */
export function monitoringDatabase(store: string): string {
  return `${store.replaceAll('-', '_')}_monitoring`;
}

function redisPart(system: SystemInput): (store: string) => Part {
  return (store) => {
    const port = portOf(system, store);
    const use = system.services[store]?.secrets?.['HEALTHCHECK_PASSWORD'];
    if (use === undefined) throw new Error(`${system.name}: "${store}" has no secret file HEALTHCHECK_PASSWORD`);
    const password = typeof use === 'string' ? use : use.secret;
    const secret = `${store.toUpperCase().replaceAll('-', '_')}_EXPORTER_PASSWORDS`;
    return {
      services: { [exporterOf(store)]: redisExporter(store, port, secret) },
      secrets: {
        [secret]: {
          description: `The password of ${store} by its address, as its exporter reads it.`,
          format: { kind: 'template', template: `{"redis://${store}:${port}":"\${${password}|json}"}` },
        },
      },
    };
  };
}

/** The port of a store's container. */
function portOf({ name, services }: SystemInput, store: string): number {
  const [port, ...more] = Object.values(services[store]?.ports ?? {});
  if (!port || more.length > 0) throw new Error(`${name}: "${store}" is no service with one port`);
  return port.container;
}

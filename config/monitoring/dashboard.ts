import { answering, cpuOf, memoryOf } from './alerts.ts';
import { SECRET_SET } from './secret-dates.ts';
import { exporterOf, type Target } from './targets.ts';

/** Grafana's grid is 24 wide. */
const WIDTH = 24;
const PANEL = { w: 8, h: 7 } as const;

interface Series {
  readonly expr: string;
  readonly legend: string;
}

interface Panel {
  readonly title: string;
  readonly series: readonly Series[];
  /** As Grafana calls it: `bytes`, `reqps`, `s`, … */
  readonly unit?: string;
  readonly type?: 'timeseries' | 'stat' | 'alertlist';
}

/** A panel for each question that Prometheus can answer of something in the stack. */
function panelsOf(targets: readonly Target[]): Panel[] {
  const named = (metric: (target: Target) => string | undefined): Series[] =>
    targets.flatMap((target) => {
      const expr = metric(target);
      return expr === undefined ? [] : [{ expr, legend: target.service }];
    });
  const limit = (name: string, of: (target: Target) => number | undefined): Series[] =>
    targets.flatMap((target) => {
      const most = of(target);
      return most === undefined ? [] : [{ expr: `vector(${most})`, legend: `${target.service} ${name}` }];
    });
  const stores = (kind: Target['store']): string[] =>
    targets.filter(({ store }) => store === kind).map(({ service }) => service);
  const requests = targets.filter(({ metrics }) => metrics.length > 0);
  const panels: Panel[] = [
    { title: 'Alerts', type: 'alertlist', series: [] },
    {
      title: 'Replicas that answer, and that are missing',
      type: 'stat',
      series: targets.flatMap((target) => [
        { expr: answering(target), legend: target.service },
        { expr: `${target.replicas} - (${answering(target)}) > 0`, legend: `${target.service}: missing` },
      ]),
    },
    {
      title: 'Health over time',
      series: named((target) => `(${answering(target)}) / ${target.replicas}`),
      unit: 'percentunit',
    },
    {
      title: 'Memory, and limits of a replica',
      series: [...named((target) => memoryOf(target)), ...limit('limit', ({ memory }) => memory)],
      unit: 'bytes',
    },
    {
      title: 'CPU cores, and limits of a replica',
      series: [...named((target) => cpuOf(target)), ...limit('limit', ({ cpus }) => cpus)],
    },
    {
      title: 'Requests',
      series: requests.map(({ service }) => ({
        expr: `sum(rate(http_request_duration_seconds_count{job="${service}"}[5m]))`,
        legend: service,
      })),
      unit: 'reqps',
    },
    {
      title: 'Requests that failed',
      series: requests.map(({ service }) => ({
        expr: `sum(rate(http_request_duration_seconds_count{job="${service}",status=~"5.."}[5m]))`,
        legend: service,
      })),
      unit: 'reqps',
    },
    {
      title: 'Nine of ten requests are answered within',
      series: requests.map(({ service }) => ({
        expr: `histogram_quantile(0.9, sum by (le) (rate(http_request_duration_seconds_bucket{job="${service}"}[5m])))`,
        legend: service,
      })),
      unit: 's',
    },
    ...stores('postgres').flatMap((service): Panel[] => {
      const of = `{job="${exporterOf(service)}"}`;
      return [
        {
          title: `${service}: connections, and the most it takes`,
          series: [
            { expr: `sum(pg_stat_database_numbackends${of})`, legend: 'open' },
            { expr: `max(pg_settings_max_connections${of})`, legend: 'most' },
          ],
        },
        {
          title: `${service}: transactions`,
          series: [
            { expr: `sum(rate(pg_stat_database_xact_commit${of}[5m]))`, legend: 'committed' },
            { expr: `sum(rate(pg_stat_database_xact_rollback${of}[5m]))`, legend: 'rolled back' },
          ],
        },
      ];
    }),
    ...stores('redis').flatMap((service): Panel[] => {
      const of = `{job="${exporterOf(service)}"}`;
      return [
        {
          title: `${service}: memory, and the most it takes`,
          series: [
            { expr: `redis_memory_used_bytes${of}`, legend: 'used' },
            { expr: `redis_memory_max_bytes${of}`, legend: 'most' },
          ],
          unit: 'bytes',
        },
        {
          title: `${service}: commands, and keys it dropped`,
          series: [
            { expr: `rate(redis_commands_processed_total${of}[5m])`, legend: 'commands' },
            { expr: `rate(redis_evicted_keys_total${of}[5m])`, legend: 'dropped' },
          ],
        },
      ];
    }),
    {
      title: 'Host: memory and disk that are left',
      series: [
        { expr: 'node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes', legend: 'memory' },
        {
          expr: 'node_filesystem_avail_bytes{mountpoint="/"} / node_filesystem_size_bytes{mountpoint="/"}',
          legend: 'disk',
        },
      ],
      unit: 'percentunit',
    },
    {
      title: 'Host: load',
      series: [{ expr: 'node_load1', legend: 'over a minute' }],
    },
    {
      title: 'Days that certificates are good for',
      series: targets.flatMap(({ service, tls }) =>
        tls === undefined
          ? []
          : [
              {
                expr: `(probe_ssl_earliest_cert_expiry{job="certificate:${service}"} - time()) / 86400`,
                legend: service,
              },
            ],
      ),
    },
    {
      title: 'Days since secrets were set',
      series: [{ expr: `(time() - ${SECRET_SET}) / 86400`, legend: '{{secret}}' }],
    },
  ];
  return panels.filter(({ type, series }) => type === 'alertlist' || series.length > 0);
}

/** Uids of the data sources, by which panels name them. */
export const DATA_SOURCE = 'prometheus';
export const LOGS_SOURCE = 'loki';

/** What a dashboard shows: what Prometheus has measured, what Loki keeps, or both. */
export interface Shown {
  readonly metrics: boolean;
  readonly logs: boolean;
}

/** How high panels of lines are. */
const LINES = 12;

/** Lines of a system below what is `above`: how many come from each service, then themselves, newest first. */
function logPanels(system: string, first: number, above: number): object[] {
  const datasource = { type: 'loki', uid: LOGS_SOURCE };
  const of = `{system="${system}"}`;
  return [
    {
      ...{ id: first, title: 'Lines in a second, by service', type: 'timeseries', datasource },
      gridPos: { w: WIDTH, h: PANEL.h, x: 0, y: above },
      targets: [{ refId: 'A', expr: `sum by (service) (rate(${of}[5m]))`, legendFormat: '{{service}}' }],
    },
    {
      ...{ id: first + 1, title: 'Logs', type: 'logs', datasource },
      gridPos: { w: WIDTH, h: LINES, x: 0, y: above + PANEL.h },
      options: { showTime: true, showLabels: true, wrapLogMessage: true, sortOrder: 'Descending' },
      targets: [{ refId: 'A', expr: of }],
    },
  ];
}

/** Grafana's dashboard of a system, as JSON: the same for the same targets. */
export function dashboard(system: string, targets: readonly Target[], { metrics, logs }: Shown): string {
  const columns = Math.floor(WIDTH / PANEL.w);
  const measured = (metrics ? panelsOf(targets) : []).map(({ title, series, unit, type = 'timeseries' }, index) => ({
    id: index + 1,
    title,
    type,
    gridPos: { ...PANEL, x: (index % columns) * PANEL.w, y: Math.floor(index / columns) * PANEL.h },
    datasource: { type: 'prometheus', uid: DATA_SOURCE },
    fieldConfig: { defaults: { ...(unit !== undefined && { unit }), min: 0 }, overrides: [] },
    ...(type === 'alertlist' && {
      options: { viewMode: 'list', stateFilter: { firing: true, pending: true }, datasource: DATA_SOURCE },
    }),
    targets: series.map(({ expr, legend }, position) => ({
      refId: refOf(position),
      expr,
      legendFormat: legend,
      ...(type === 'stat' && { instant: true }),
    })),
  }));
  const above = Math.ceil(measured.length / columns) * PANEL.h;
  const panels = [...measured, ...(logs ? logPanels(system, measured.length + 1, above) : [])];
  const model = {
    uid: system,
    title: system,
    tags: ['slipway'],
    timezone: 'browser',
    schemaVersion: 39,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    panels,
  };
  return `${JSON.stringify(model, undefined, 2)}\n`;
}

/** A, B, …, Z, AA, …: as Grafana counts queries. */
function refOf(position: number): string {
  const letter = String.fromCharCode(65 + (position % 26));
  return position < 26 ? letter : `${refOf(Math.floor(position / 26) - 1)}${letter}`;
}

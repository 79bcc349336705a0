/*
 * Configurations of nginx, whole files: they depend on nothing of the image but the program (1.27.4 or later), and write
 * under /tmp alone. Pure: options in, text out.
 */

/** Where the configuration stands in the container: a folder of its own, as a volume covers the whole of it. */
const CONFIG_FILE = '/etc/nginx/proxy/nginx.conf';

/** For how many seconds the proxy goes by what it has last heard of a name. */
const NAMES_S = 2;

/** How a service behind the proxy is replaced: the old container goes on until the proxy has heard of the new one. */
export const BEHIND_PROXY = { drain: `${NAMES_S * 1000 + 500}ms` };

/** A service behind the proxy, as it is found on the networks of the stack. */
export interface Upstream {
  readonly service: string;
  readonly port: number;
}

/** A command line and the file that it reads. */
export function proxyFiles(config: string): { command: string[]; files: Record<string, { content: string }> } {
  return { command: ['nginx', '-c', CONFIG_FILE, '-g', 'daemon off;'], files: { [CONFIG_FILE]: { content: config } } };
}

/** What stands outside of all blocks, and how connections are held. */
export function mainSettings(workers: number | 'auto', connections: number): string[] {
  return [
    `worker_processes ${workers};`,
    'error_log stderr notice;',
    'pid /tmp/nginx.pid;',
    '# Less than the time from the stop signal to the kill.',
    'worker_shutdown_timeout 25s;',
    ...block('events', [`worker_connections ${connections};`]),
  ];
}

/** What holds for every server: who may wait how long, where temporary files go, how names are looked up. */
export function httpSettings(): string[] {
  return [
    'default_type text/plain;',
    'server_tokens off;',
    'absolute_redirect off;',
    ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path /tmp/${kind}_temp;`),
    ...accessLog(),
    'client_max_body_size 50m;',
    'keepalive_timeout 65s;',
    '# A worker that ends closes idle connections no sooner: a client that is just sending keeps its request.',
    'keepalive_min_timeout 5s;',
    "# Docker's own: addresses change when a container is replaced or restarted, and a name may be missing for a while.",
    `resolver 127.0.0.11 valid=${NAMES_S}s ipv6=off;`,
    'resolver_timeout 2s;',
    ...proxySettings(),
  ];
}

/** Paths without their queries: what is handed over in a query may be a secret. */
function accessLog(): string[] {
  const fields = [
    ...['"time":"$time_iso8601"', '"request":"$request_id"', '"client":"$remote_addr"', '"method":"$request_method"'],
    ...['"path":"$uri"', '"status":$status', '"bytes":$body_bytes_sent', '"seconds":$request_time'],
    ...['"upstream":"$upstream_addr"', '"upstream_seconds":"$upstream_response_time"'],
  ];
  return [`log_format line escape=json '{${fields.join(',')}}';`, 'access_log /dev/stdout line;'];
}

function proxySettings(): string[] {
  const headers: Readonly<Record<string, string>> = {
    Connection: '""',
    Host: '$http_host',
    'X-Forwarded-For': '$remote_addr',
    'X-Forwarded-Host': '$http_host',
    'X-Forwarded-Proto': '$scheme',
    'X-Real-IP': '$remote_addr',
    'X-Request-ID': '$request_id',
  };
  return [
    'proxy_http_version 1.1;',
    ...Object.entries(headers).map(([name, value]) => `proxy_set_header ${name} ${value};`),
    'proxy_connect_timeout 5s;',
    'proxy_send_timeout 60s;',
    'proxy_read_timeout 60s;',
    'proxy_next_upstream_tries 2;',
  ];
}

/** Each service once, in the order of its first route. */
export function upstreams(all: readonly Upstream[]): string[] {
  const services = new Map(all.map((upstream) => [upstream.service, upstream]));
  return [...services.values()].flatMap(({ service, port }) =>
    block(`upstream ${service}`, [
      `zone ${service} 64k;`,
      `server ${service}:${port} resolve fail_timeout=2s;`,
      'keepalive 16;',
    ]),
  );
}

/** Answered by nginx itself. */
export function health(): string[] {
  return block('location = /health', ['access_log off;', 'return 200 "ok\\n";']);
}

/** A block with a head. */
export function block(head: string, lines: readonly string[]): string[] {
  return [`${head} {`, ...lines.map((line) => `    ${line}`), '}'];
}

/** A whole file of lines. */
export function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

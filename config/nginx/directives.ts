import { CONTAINER } from '../schema/edge.ts';
import type { SystemInput } from '../schema/system.ts';
import { drainedCommand, reloadCommand } from './commands.ts';

/*
 * Configurations of nginx, whole files: they depend on nothing of the image but the program (1.27.4 or later), and write
 * under /tmp alone. Pure: options in, text out.
 */

/** Where the configuration stands in the container: a folder of its own, as a volume covers the whole of it. */
const CONFIG_FILE = '/etc/nginx/proxy/nginx.conf';

/** Port on 127.0.0.1 at which this very nginx answers /health: on the others several may answer in turn. */
export const OWN_PORT = 8081;

/** Where the lists of the services behind it stand, one file each. */
export const LISTS = '/etc/nginx/upstreams';

/** Where the addresses stand, a file for each list, with which an nginx begins that takes over from another. */
const KNOWN = '/tmp/known';

/** For how many seconds the proxy goes by what it has last heard of a name. */
const NAMES_S = 2;

/** A service behind the proxy, as it is found on the networks of the stack. */
export interface Upstream {
  readonly service: string;
  readonly port: number;
  /** True: it speaks gRPC there, HTTP/2 without TLS. */
  readonly grpc?: true;
}

/** A whole configuration, and the services that it hands requests on to. */
export interface Proxy {
  readonly config: string;
  readonly upstreams: readonly Upstream[];
}

/** How a service is a proxy: its command line, the file that it reads, the services behind it. */
export function proxyService({ config, upstreams }: Proxy): ProxyService {
  return {
    command: ['nginx', '-c', CONFIG_FILE, '-g', 'daemon off;'],
    files: { [CONFIG_FILE]: { content: config } },
    reload: { command: reloadCommand(CONFIG_FILE), scope: 'all' },
    preflight: { command: ['nginx', '-t', '-q', '-c', CONFIG_FILE] },
    edge: {
      folder: LISTS,
      upstreams: Object.fromEntries(upstreams.map(({ service }) => [service, upstreamList(service, upstreams)])),
      reload: reloadCommand(CONFIG_FILE),
      drained: drainedCommand(),
    },
  };
}

type ProxyService = Required<
  Pick<SystemInput['services'][string], 'command' | 'files' | 'preflight' | 'reload' | 'edge'>
>;

/** What stands outside of all blocks, and how connections are held. */
export function mainSettings(workers: number | 'auto', connections: number): string[] {
  return [
    `worker_processes ${workers};`,
    'error_log stderr notice;',
    'pid /tmp/nginx.pid;',
    '# After a reload, connections that stay open (WebSockets) go on in the worker that has them: a release of one service',
    '# cuts none of another. When nginx itself is stopped, the engine ends what is left.',
    'worker_shutdown_timeout 24h;',
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
    'keepalive_min_timeout 2s;',
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
    Connection: '$upgrading',
    Host: '$http_host',
    Upgrade: '$http_upgrade',
    'X-Forwarded-For': '$remote_addr',
    'X-Forwarded-Host': '$http_host',
    'X-Forwarded-Proto': '$scheme',
    'X-Real-IP': '$remote_addr',
    'X-Request-ID': '$request_id',
  };
  return [
    // A WebSocket is passed on; every other connection is kept.
    ...block('map $http_upgrade $upgrading', ["'' '';", 'default upgrade;']),
    'proxy_http_version 1.1;',
    ...Object.entries(headers).map(([name, value]) => `proxy_set_header ${name} ${value};`),
    'proxy_connect_timeout 5s;',
    'proxy_send_timeout 60s;',
    'proxy_read_timeout 60s;',
    'proxy_next_upstream_tries 2;',
  ];
}

/** Who the caller of a gRPC method is, and how long a service may take; nothing where none is spoken. */
export function grpcSettings(upstreams: readonly Upstream[]): string[] {
  if (!upstreams.some(({ grpc }) => grpc === true)) return [];
  return [
    ...['X-Forwarded-For $remote_addr', 'X-Real-IP $remote_addr', 'X-Request-ID $request_id'].map(
      (header) => `grpc_set_header ${header};`,
    ),
    'grpc_connect_timeout 5s;',
    'grpc_next_upstream_tries 2;',
  ];
}

/** Hands requests on to a service; `path`: put in the place of the prefix. */
export function pass(to: Upstream, path = ''): string {
  return to.grpc === true ? `grpc_pass grpc://${nameOf(to)};` : `proxy_pass http://${nameOf(to)}${path};`;
}

function nameOf({ service, grpc }: Upstream): string {
  return grpc === true ? `${service}-grpc` : service;
}

/** Lists that releases keep: see {@link upstreamList}. */
export function upstreamLists(): string[] {
  return [`include ${LISTS}/*.conf;`];
}

/**
 * Who answers for a service, port by port: a line for each container, by its name, whose address is looked up again when it
 * changes (a container that is restarted may have another). The zone is what workers share, and what a reload takes addresses
 * over from.
 */
function upstreamList(service: string, upstreams: readonly Upstream[]): string {
  const own = new Map(upstreams.filter((each) => each.service === service).map((each) => [nameOf(each), each]));
  return text(
    [...own].flatMap(([name, { port }]) =>
      block(`upstream ${name}`, [
        `zone ${name} 64k;`,
        // A pattern: a file that is not there is none.
        `include ${KNOWN}/${name}.conf*;`,
        `server ${CONTAINER}:${port} resolve fail_timeout=2s;`,
        'keepalive 16;',
      ]),
    ),
  );
}

/** A server that can be asked from inside the container alone: whether this nginx works. */
export function ownServer(): string[] {
  return block('server', [`listen 127.0.0.1:${OWN_PORT};`, ...health()]);
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

import {
  block,
  grpcSettings,
  health,
  httpSettings,
  mainSettings,
  ownServer,
  pass,
  text,
  upstreamLists,
  type Proxy,
  type Upstream,
} from './directives.ts';

/** A zone that requests are counted in, by the address they come from. */
export interface Zone {
  readonly name: string;
  /** As nginx writes it: `100r/s`. */
  readonly rate: string;
}

/** Paths that go to one service. */
export interface Place {
  /** What their paths begin with; `pattern` instead: a regular expression that they match. */
  readonly path: string;
  readonly isPattern?: boolean;
  readonly to: Upstream;
  /** Requests over the rate of the zone that are still let through; more are answered with 429. Absent: no limit. */
  readonly limit?: { readonly zone: string; readonly burst: number };
  /** How long the service may be silent, in seconds; absent: 60. */
  readonly patience?: number;
}

/** What is answered under some server names. */
export interface Site {
  readonly names: readonly string[];
  readonly places: readonly Place[];
  /** What `/health` asks, where the site has a health of its own. */
  readonly health: { readonly to: Upstream; readonly path: string };
  /** Security headers beside those that every site has. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What a proxy over TLS is made of. */
export interface TlsProxy {
  /** Paths of the certificate, with its chain, and of its key. */
  readonly certificate: string;
  readonly key: string;
  /** Absent: no requests are counted. */
  readonly zones?: readonly Zone[];
  /** Connections that one address may have at once; absent: as many as it likes. */
  readonly connectionsPerAddress?: string;
  readonly sites: readonly Site[];
  readonly workers: number | 'auto';
  /** Connections of a worker, those to services included. */
  readonly connections: number;
}

/** Two years, as Mozilla and the preload list ask for, in seconds. */
const HSTS_S = 63_072_000;

/** Cipher suites of Mozilla's intermediate configuration for TLS 1.2 that need no parameters of one's own. */
const CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

const HEADERS: Readonly<Record<string, string>> = {
  'Strict-Transport-Security': `max-age=${HSTS_S}; includeSubDomains`,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
};

/**
 * A proxy over TLS, with a site for each group of server names: HTTP is sent on to HTTPS, but for /health; a client that
 * names none of the sites gets no handshake.
 */
export function tlsProxy(proxy: TlsProxy): Proxy {
  const { sites, zones = [], connectionsPerAddress, workers, connections } = proxy;
  const upstreams = sites.flatMap(({ places, health: own }) => [...places.map(({ to }) => to), own.to]);
  const config = text([
    ...mainSettings(workers, connections),
    ...block('http', [
      ...httpSettings(),
      ...zones.map(({ name, rate }) => `limit_req_zone $binary_remote_addr zone=${requests(name)}:10m rate=${rate};`),
      ...(connectionsPerAddress === undefined ? [] : ['limit_conn_zone $binary_remote_addr zone=addresses:10m;']),
      'limit_req_status 429;',
      'limit_conn_status 429;',
      ...tlsSettings(proxy),
      ...grpcSettings(upstreams),
      ...upstreamLists(),
      ...block('server', [
        'listen 80 default_server;',
        ...health(),
        ...block('location /', ['return 301 https://$host$request_uri;']),
      ]),
      ...block('server', ['listen 443 ssl default_server;', 'ssl_reject_handshake on;']),
      ...sites.flatMap((site) => server(site, connectionsPerAddress)),
      ...ownServer(),
    ]),
  ]);
  return { config, upstreams };
}

/** Shared memory has one space of names, and upstreams have theirs in it too. */
function requests(zone: string): string {
  return `requests-${zone}`;
}

/** Mozilla's intermediate recommendation (ssl-config.mozilla.org); no stapling, which needs a way out to a responder. */
function tlsSettings({ certificate, key }: TlsProxy): string[] {
  return [
    'http2 on;',
    `ssl_certificate ${certificate};`,
    `ssl_certificate_key ${key};`,
    'ssl_protocols TLSv1.2 TLSv1.3;',
    `ssl_ciphers ${CIPHERS};`,
    'ssl_ecdh_curve X25519:prime256v1:secp384r1;',
    'ssl_prefer_server_ciphers off;',
    'ssl_session_timeout 1d;',
    'ssl_session_cache shared:tls:10m;',
    'ssl_session_tickets off;',
  ];
}

function server({ names, places, health: own, headers }: Site, connectionsPerAddress: string | undefined): string[] {
  return block('server', [
    'listen 443 ssl;',
    `server_name ${names.join(' ')};`,
    ...(connectionsPerAddress === undefined ? [] : [`limit_conn addresses ${connectionsPerAddress};`]),
    ...Object.entries({ ...HEADERS, ...headers }).map(([name, value]) => `add_header ${name} "${value}" always;`),
    ...block('location = /health', ['access_log off;', `proxy_pass http://${own.to.service}${own.path};`]),
    ...places.flatMap(location),
    ...(places.some(({ path }) => path === '/') ? [] : block('location /', ['return 404;'])),
  ]);
}

function location({ path, isPattern = false, to, limit, patience }: Place): string[] {
  const kind = to.grpc === true ? 'grpc' : 'proxy';
  return block(`location ${isPattern ? '~ ' : ''}${path}`, [
    ...(limit === undefined ? [] : [`limit_req zone=${requests(limit.zone)} burst=${limit.burst} nodelay;`]),
    ...(patience === undefined ? [] : ['send', 'read'].map((way) => `${kind}_${way}_timeout ${patience}s;`)),
    pass(to),
  ]);
}

import { describe, expect, test } from '@jest/globals';
import { tlsProxy, type Site } from '../../../../config/nginx/tls.ts';

const api = { service: 'api', port: 8000 };

const site: Site = {
  names: ['api.example.com', 'www.example.com'],
  places: [
    { path: '/api/', to: api, limit: { zone: 'all', burst: 50 } },
    { path: '^/(login|register)', isPattern: true, to: api, limit: { zone: 'few', burst: 10 }, patience: 120 },
  ],
  health: { to: api, path: '/api/v1/health' },
  headers: { 'X-Frame-Options': 'DENY' },
};

function config(sites: readonly Site[] = [site]): string {
  return tlsProxy({
    certificate: '/run/secrets/CERTIFICATE',
    key: '/run/secrets/KEY',
    zones: [
      { name: 'all', rate: '100r/s' },
      { name: 'few', rate: '5r/s' },
    ],
    connectionsPerAddress: '20',
    sites,
    workers: 2,
    connections: 512,
  }).config;
}

/** The lines of the first block with this head, without indentation. */
function block(text: string, head: string, after = ''): string[] {
  const lines = text.slice(text.indexOf(after)).split('\n');
  const start = lines.findIndex((line) => line.trim() === `${head} {`);
  const indentation = /^ */.exec(lines[start] ?? '')?.[0] ?? '';
  return lines.slice(start + 1, lines.indexOf(`${indentation}}`, start)).map((line) => line.trim());
}

describe('a proxy over TLS', () => {
  test('sends HTTP on to HTTPS, but for its own health', () => {
    const plain = block(config(), 'server');
    expect(plain[0]).toBe('listen 80 default_server;');
    expect(plain.join(' ')).toContain('location = /health { access_log off; return 200 "ok\\n"; }');
    expect(plain.join(' ')).toContain('location / { return 301 https://$host$request_uri; }');
  });

  test('shakes hands with nobody who names no site', () => {
    expect(config()).toContain('listen 443 ssl default_server;\n        ssl_reject_handshake on;');
  });

  test('speaks TLS 1.2 and 1.3, without tickets and stapling', () => {
    const text = config();
    expect(text).toContain('ssl_protocols TLSv1.2 TLSv1.3;');
    expect(text).toContain('ssl_session_tickets off;');
    expect(text).not.toContain('stapling');
    expect(text).toContain('http2 on;');
  });

  test('counts nothing where nothing is limited', () => {
    const { config: text } = tlsProxy({
      ...{ certificate: '/c', key: '/k', workers: 2, connections: 512 },
      sites: [{ names: ['a.example'], places: [{ path: '/', to: api }], health: { to: api, path: '/h' }, headers: {} }],
    });
    expect(text).not.toMatch(/limit_(?:req|conn)(?:_zone)? /);
    expect(block(text, 'location /', 'server_name a.example')).toEqual(['proxy_pass http://api;']);
  });

  test('counts requests and connections by address, and answers too many with 429', () => {
    const text = config();
    expect(text).toContain('limit_req_zone $binary_remote_addr zone=requests-few:10m rate=5r/s;');
    expect(text).toContain('limit_conn addresses 20;');
    expect(text).toContain('limit_req_status 429;');
    expect(text).toContain('limit_conn_status 429;');
  });
});

describe('a site', () => {
  test('has its names, and its headers beside those of all', () => {
    const text = config();
    expect(text).toContain('server_name api.example.com www.example.com;');
    expect(text).toContain('add_header X-Frame-Options "DENY" always;');
    expect(text).toContain('add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always;');
  });

  test('limits each place in its zone, and is as patient as the place asks', () => {
    expect(block(config(), 'location /api/')).toEqual([
      'limit_req zone=requests-all burst=50 nodelay;',
      'proxy_pass http://api;',
    ]);
    expect(block(config(), 'location ~ ^/(login|register)')).toEqual([
      'limit_req zone=requests-few burst=10 nodelay;',
      'proxy_send_timeout 120s;',
      'proxy_read_timeout 120s;',
      'proxy_pass http://api;',
    ]);
  });

  test('answers 404 to what is nobody’s, unless one place is all', () => {
    expect(block(config(), 'location /', 'server_name')).toEqual(['return 404;']);
    const all = { ...site, places: [{ path: '/', to: api, limit: { zone: 'all', burst: 1 } }] };
    expect(config([all])).not.toContain('return 404;');
  });
});

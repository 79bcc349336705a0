import { posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Plan, PlannedService } from '../../../../config/plan/types.ts';
import { proxyService } from '../../../../config/nginx/directives.ts';
import { plainProxy, type Route } from '../../../../config/nginx/plain.ts';
import { listedContainers, renderList } from '../../../../config/plan/edges.ts';
import { planOf, resolveLinkflow } from '../fixture.ts';

const api = { service: 'api', port: 8000 };
const engine = { service: 'frontend', port: 8080 };

function config(routes: readonly Route[]): string {
  return plainProxy({ port: 8081, routes, workers: 3, connections: 77 }).config;
}

/** The lines of a block, without their indentation; undefined: there is no such block. */
function block(text: string, head: string): string[] | undefined {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.trim() === `${head} {`);
  if (start < 0) return undefined;
  const indentation = /^ */.exec(lines[start] ?? '')?.[0] ?? '';
  return lines.slice(start + 1, lines.indexOf(`${indentation}}`, start)).map((line) => line.trim());
}

function serviceOf({ services }: Plan, name: string): PlannedService {
  const found = services.find((service) => service.name === name);
  if (!found) throw new Error(`the plan has no service ${name}`);
  return found;
}

describe('a route', () => {
  const text = config([
    { prefix: '/api/', to: api },
    { prefix: '/engine/', to: engine, strip: true },
  ]);

  test('passes the path on as it is', () => {
    expect(block(text, 'location /api/')).toEqual(['proxy_pass http://api;']);
  });

  test('that strips passes it on without the prefix', () => {
    expect(block(text, 'location /engine/')).toEqual(['proxy_pass http://frontend/;']);
  });

  test('is named where nothing is found', () => {
    expect(block(text, 'location /')).toEqual(['return 404 "Nothing here. There is: /health, /api/, /engine/\\n";']);
  });
});

describe('a service that speaks gRPC', () => {
  const grpc = { service: 'frontend', port: 9090, grpc: true } as const;
  const routes = [
    { prefix: '/engine/', to: engine, strip: true },
    { prefix: '/linkflow.engine.v1.', to: grpc },
  ];

  test('is called by its methods, over HTTP/2 without TLS, beside HTTP/1.1', () => {
    const text = config(routes);
    expect(block(text, 'location /linkflow.engine.v1.')).toEqual(['grpc_pass grpc://frontend-grpc;']);
    expect(block(text, 'http')).toEqual(expect.arrayContaining(['http2 on;', 'grpc_connect_timeout 5s;']));
    expect(config([{ prefix: '/api/', to: api }])).not.toMatch(/grpc|http2/);
  });

  test('is one list with its HTTP: an upstream for each port', () => {
    const proxy = plainProxy({ port: 8081, routes, workers: 1, connections: 77 });
    const { edge } = proxyService(proxy);
    expect(Object.keys(edge?.upstreams ?? {})).toEqual(['frontend']);
    const list = edge?.upstreams['frontend'] ?? '';
    expect(block(list, 'upstream frontend')).toContain('server {container}:8080 resolve fail_timeout=2s;');
    expect(block(list, 'upstream frontend-grpc')).toContain('server {container}:9090 resolve fail_timeout=2s;');
    expect(block(list, 'upstream frontend-grpc')).toContain('zone frontend-grpc 64k;');
    const rendered = renderList(list, ['a', 'b']);
    expect(rendered.match(/server \S+/g)).toEqual(['server a:8080', 'server b:8080', 'server a:9090', 'server b:9090']);
    expect(listedContainers(list, rendered)).toEqual(['a', 'b']);
  });
});

describe('a service behind the proxy', () => {
  const routes = [
    { prefix: '/api/', to: api },
    { prefix: '/hooks/', to: api },
    { prefix: '/engine/', to: engine },
  ];
  const proxy = plainProxy({ port: 8081, routes, workers: 3, connections: 77 });
  const { edge, files } = proxyService(proxy);

  test('is one list, however many routes lead to it', () => {
    expect(Object.keys(edge?.upstreams ?? {})).toEqual(['api', 'frontend']);
    expect(proxy.config.match(/upstream \S+/g)).toEqual(null);
    expect(block(proxy.config, 'http')).toContain(`include ${edge?.folder ?? ''}/*.conf;`);
    expect(Object.keys(files ?? {}).map((path) => posix.dirname(path))).not.toContain(edge?.folder);
  });

  test('is looked up again and again, container by container', () => {
    expect(block(edge?.upstreams['api'] ?? '', 'upstream api')).toEqual([
      'zone api 64k;',
      'include /tmp/known/api.conf*;',
      'server {container}:8000 resolve fail_timeout=2s;',
      'keepalive 16;',
    ]);
    expect(block(proxy.config, 'http')).toContain('resolver 127.0.0.11 valid=2s ipv6=off;');
  });
});

describe('a plain proxy', () => {
  const text = config([{ prefix: '/', to: api }]);

  test('takes port, workers and connections from its options', () => {
    expect(text).toContain('listen 8081;');
    expect(text).toContain('worker_processes 3;');
    expect(block(text, 'events')).toEqual(['worker_connections 77;']);
  });

  test('answers for its health itself', () => {
    expect(block(text, 'location = /health')).toContain('return 200 "ok\\n";');
  });

  test('writes under /tmp alone', () => {
    const written = [...text.matchAll(/^ *(?:pid|\w+_temp_path) (\S+);$/gm)].map(([, path]) => path);
    expect(written).toHaveLength(6);
    for (const path of written) expect(path).toMatch(/^\/tmp\//);
  });

  test.each(['$request ', '$request_uri', '$args', '$query_string', '$http_referer', '$http_authorization'])(
    'keeps %s out of its log',
    (variable) => {
      const format = /log_format .*/.exec(text)?.[0] ?? '';
      expect(format).toContain('$status');
      expect(format).not.toContain(variable);
    },
  );
});

describe.each(['dev', 'prod'])('nginx of LinkFlow in %s', (environment) => {
  const plan = planOf(resolveLinkflow({ values: { environment, profiles: ['production'] } }));
  const nginx = serviceOf(plan, 'nginx');
  const [file] = nginx.files;

  test('reads the file that it gets, from a folder in which the image has nothing', () => {
    expect(nginx.files).toHaveLength(1);
    expect(nginx.command).toEqual(['nginx', '-c', file?.path, '-g', 'daemon off;']);
    expect(['/etc', '/etc/nginx', '/etc/nginx/conf.d']).not.toContain(posix.dirname(file?.path ?? ''));
  });

  test('has a way to every service that it passes requests to', () => {
    expect(Object.keys(nginx.edge?.lists ?? {})).toEqual(nginx.calls.map((name) => `${name}.conf`));
    for (const [list, text] of Object.entries(nginx.edge?.lists ?? {})) {
      const port = Number(/:(\d+) resolve/.exec(text)?.[1]);
      const behind = serviceOf(plan, posix.basename(list, '.conf'));
      expect(behind.ports.map(({ container }) => container)).toContain(port);
      expect(behind.routes).toMatchObject([{ edge: 'nginx', file: list, list: text }]);
    }
  });

  test('tests a configuration before it is read again', () => {
    const { reload } = nginx;
    expect(typeof reload === 'object' && reload.scope).toBe('all');
    expect(typeof reload === 'object' && reload.command.join(' ')).toMatch(/nginx -t -q -c \S+ \|\| exit 1/);
  });
});

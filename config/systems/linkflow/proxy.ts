import { proxyService } from '../../nginx/directives.ts';
import { plainProxy } from '../../nginx/plain.ts';
import { tlsProxy, type Place } from '../../nginx/tls.ts';

const api = { service: 'api', port: 8000 };
const frontend = { service: 'frontend', port: 8080 };
/** The engine's gRPC: its methods are paths, `/linkflow.engine.v1.Frontend/StartExecution`. */
const calls = { path: '/linkflow.engine.v1.', to: { service: 'frontend', port: 9090, grpc: true } } as const;

/** The guide's proxy for a developer's machine: plain HTTP, both services by path. */
export const devProxy = proxyService(
  plainProxy({
    port: 80,
    routes: [
      { prefix: '/api/', to: api },
      { prefix: '/engine/', to: frontend, strip: true },
      { prefix: calls.path, to: calls.to },
    ],
    workers: 1,
    connections: 1024,
  }),
);

const toApi = (path: string, burst: number, more: Partial<Place> = {}): Place => ({
  path,
  to: api,
  limit: { zone: 'api', burst },
  ...more,
});

/** Production: TLS, a server name for each of the two, rates and bursts of the original. */
export const prodProxy = proxyService(
  tlsProxy({
    certificate: '/run/secrets/TLS_CERTIFICATE',
    key: '/run/secrets/TLS_KEY',
    zones: [
      { name: 'api', rate: '${apiRate}' },
      { name: 'auth', rate: '${authRate}' },
    ],
    connectionsPerAddress: '${connectionsPerAddress}',
    sites: [
      {
        names: ['${apiHost}'],
        places: [
          toApi('^/api/v1/auth/(login|register|forgot-password)', 10, {
            isPattern: true,
            limit: { zone: 'auth', burst: 10 },
          }),
          toApi('/api/webhooks/', 100, { patience: 120 }),
          toApi('/api/stripe/webhook', 200),
          toApi('/api/', 50),
        ],
        health: { to: api, path: '/api/v1/health' },
        headers: {
          'X-Frame-Options': 'SAMEORIGIN',
          'Content-Security-Policy': "default-src 'self'; frame-ancestors 'self'",
        },
      },
      {
        names: ['${engineHost}'],
        places: [{ path: '/', to: frontend }, calls].map((place) => ({
          ...{ ...place, limit: { zone: 'api', burst: 50 }, patience: 300 },
        })),
        health: { to: frontend, path: '/health' },
        headers: { 'X-Frame-Options': 'DENY', 'Content-Security-Policy': "default-src 'self'" },
      },
    ],
    workers: 2,
    connections: 1024,
  }),
);

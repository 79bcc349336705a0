import type { SystemInput } from '../../schema/system.ts';

/** A visitor as the world has them, over TLS: logs in, writes a page and finds it, looks at the health, leaves no trace. */
export const smoke: NonNullable<SystemInput['smoke']> = {
  service: 'nginx',
  port: 'https',
  host: '${domain}',
  steps: [
    { does: 'asks for the health', path: '/health', shows: ['"status":"ok"'] },
    {
      does: 'asks for the details',
      path: '/health/detailed',
      shows: ['"uuid-ossp"', '"unaccent"', '"policy":"allkeys-lru"'],
    },
    { does: 'is a stranger', path: '/me', status: 401 },
    { does: 'logs in', method: 'POST', path: '/login', body: { name: 'smoke-{run}' } },
    { does: 'is known by the session', path: '/me', shows: ['smoke-{run}'] },
    {
      does: 'writes a page',
      method: 'POST',
      path: '/pages',
      body: { title: 'Crème brûlée {run}', body: 'Œufs, crème & sucre.' },
      keep: { page: 'id' },
    },
    { does: 'reads it', path: '/pages/{page}', shows: ['<h1>Crème brûlée {run}</h1>', 'smoke-{run}'] },
    { does: 'finds it without accents', path: '/search?q=creme%20BRULEE%20{run}', shows: ['{page}'] },
    { does: 'asks for metrics', path: '/health/metrics', shows: ['luminai_pages_total'] },
    { does: 'removes it', method: 'DELETE', path: '/pages/{page}' },
    { does: 'logs out', method: 'POST', path: '/logout', status: 204 },
    { does: 'is a stranger again', path: '/me', status: 401 },
  ],
  timeout: '60s',
  urls: [
    { label: 'Luminai', service: 'nginx', port: 'https', path: '/' },
    { label: 'Health', service: 'nginx', port: 'https', path: '/health/detailed' },
    { label: 'PostgreSQL', service: 'database', port: 'postgres' },
    { label: 'Redis', service: 'redis', port: 'redis' },
  ],
};

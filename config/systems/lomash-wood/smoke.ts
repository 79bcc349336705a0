import type { SystemInput } from '../../schema/system.ts';

type Smoke = NonNullable<SystemInput['smoke']>;
type Steps = NonNullable<Smoke['steps']>;

const bought: Steps = [
  { does: 'asks after all eight services', path: '/health/services', shows: ['"analytics-service":"ok"'] },
  { does: 'is a stranger', path: '/v1/auth/me', status: 401 },
  {
    does: 'registers',
    method: 'POST',
    path: '/v1/auth/register',
    body: { email: '{run}@example.com', name: 'Smoke {run}', password: 'no secret {run}' },
    status: 201,
  },
  {
    does: 'logs in',
    method: 'POST',
    path: '/v1/auth/login',
    body: { email: '{run}@example.com', password: 'no secret {run}' },
  },
  { does: 'is known by the session', path: '/v1/auth/me', shows: ['Smoke {run}'] },
  { does: 'leaves a profile', method: 'PUT', path: '/v1/customers/me', body: { postcode: 'LE1 1AA' } },
  {
    does: 'adds a product',
    method: 'POST',
    path: '/v1/products',
    body: { sku: 'SMOKE-{run}', name: 'Shaker door {run}', pence: 129_900, stock: 1 },
    status: 201,
    keep: { product: 'id' },
  },
  { does: 'finds it by words nearly right', path: '/v1/products?q=shakr%20dor%20{run}', shows: ['{product}'] },
  {
    does: 'orders it',
    method: 'POST',
    path: '/v1/orders',
    body: { productId: '{product}' },
    status: 201,
    keep: { order: 'id' },
  },
  {
    does: 'can’t order what is gone',
    method: 'POST',
    path: '/v1/orders',
    body: { productId: '{product}' },
    status: 409,
  },
  { does: 'pays', method: 'POST', path: '/v1/orders/{order}/payment', body: {}, shows: ['"state":"paid"'] },
  { does: 'is counted', path: '/v1/analytics/events?name=order.paid&subject={order}', shows: ['129900'] },
  { does: 'has points', path: '/v1/customers/me', shows: ['"points":1299'] },
];

const delivered: Steps = [
  {
    does: 'gets the invoice by mail',
    path: '/v1/notifications',
    shows: ['for order {order}', '"state":"delivered"'],
  },
];

const visited: Steps = [
  {
    does: 'books a consultant',
    method: 'POST',
    path: '/v1/appointments',
    body: { consultant: 'Smoke {run}', at: '2030-07-01T10:00:00Z' },
    status: 201,
  },
  {
    does: 'can’t book over that',
    method: 'POST',
    path: '/v1/appointments',
    body: { consultant: 'smoke {run}', at: '2030-07-01T10:30:00Z' },
    status: 409,
  },
  { does: 'sees it in the time of London', path: '/v1/appointments', shows: ['2030-07-01 11:00 BST'] },
  {
    does: 'writes a page',
    method: 'PUT',
    path: '/v1/content/pages',
    body: { slug: 'smoke-{run}', title: 'Crème {run}', body: 'Façade doors.' },
  },
  { does: 'finds it without accents', path: '/v1/content/search?q=creme%20{run}', shows: ['smoke-{run}'] },
  { does: 'logs out', method: 'POST', path: '/v1/auth/logout', status: 204 },
  { does: 'is a stranger again', path: '/v1/auth/me', status: 401 },
];

type Urls = NonNullable<Smoke['urls']>;

/** What there is to look at everywhere. */
export const urls: Urls = [
  { label: 'Proxy', service: 'nginx', port: 'https', path: '/health' },
  { label: 'API', service: 'api-gateway', port: 'http', path: '/health/services' },
  { label: 'Mail', service: 'mailhog', port: 'http', path: '/' },
  { label: 'PostgreSQL', service: 'postgres', port: 'postgres' },
  { label: 'Redis', service: 'redis', port: 'redis' },
];

/** And the tools of a developer. */
export const toolUrls: Urls = [
  { label: 'pgAdmin', service: 'pgadmin', port: 'http' },
  { label: 'Redis Commander', service: 'redis-commander', port: 'http' },
  { label: 'LocalStack', service: 'localstack', port: 'aws', path: '/_localstack/health' },
];

/** A customer's way through all eight services: an order with all that follows from it, the mail included. */
export const smoke: Smoke = {
  service: 'api-gateway',
  port: 'http',
  steps: [...bought, ...delivered, ...visited],
  timeout: '60s',
  urls,
};

/** As the world has it: whether a mail has arrived only its reader knows. */
export const prodSmoke = {
  ...{ service: 'nginx', port: 'https', host: '${domain}' },
  steps: [...bought, ...visited],
} satisfies Partial<Smoke>;

import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Query } from '../database.ts';
import { askPeer } from './peers.ts';
import { check, idParameter, isSigned, Refused, userOf } from './requests.ts';
import type { LomashService } from './service.ts';
import { needed } from './settings.ts';

/** How often what others are to be told is looked for, in ms. */
const OUTBOX_MS = 500;

const newOrder = z.strictObject({
  productId: z.uuid(),
  quantity: z.number().int().min(1).max(1000).default(1),
  idempotencyKey: z.string().max(100).optional(),
});
const stripeEvent = z.object({
  type: z.string(),
  data: z.object({ object: z.object({ metadata: z.object({ orderId: z.uuid() }).optional() }) }),
});

interface Order extends Record<string, unknown> {
  readonly id: string;
  readonly state: string;
  readonly pence: number;
  readonly product: string;
  readonly email: string;
  readonly user_id: string;
  readonly invoice: number;
}

const COLUMNS = 'id, state, pence::float8 AS pence, product, quantity, email, user_id, invoice';

/** Marks an order paid, and with it, in one transaction, what others are to be told of it. */
async function pay(query: Query, id: string): Promise<Order> {
  const [paid] = await query<Order>(
    `UPDATE orders SET state = 'paid', invoice = nextval('invoices') WHERE id = $1 AND state = 'placed' RETURNING ${COLUMNS}`,
    [id],
  );
  if (!paid) {
    const [known] = await query<Order>(`SELECT ${COLUMNS} FROM orders WHERE id = $1`, [id]);
    if (!known) throw new Refused(404, `no order ${id}`);
    return known;
  }
  const pounds = (paid.pence / 100).toFixed(2);
  const tell = (target: string, path: string, body: object) =>
    query('INSERT INTO outbox (id, target, path, body) VALUES ($1, $2, $3, $4)', [
      randomUUID(),
      target,
      path,
      JSON.stringify(body),
    ]);
  await tell('NOTIFICATION_SERVICE_URL', '/internal/notifications', {
    to: paid.email,
    subject: `Invoice ${paid.invoice} for order ${id}`,
    text: `Thank you: £${pounds} for ${paid.product}.`,
  });
  await tell('ANALYTICS_SERVICE_URL', '/internal/events', { name: 'order.paid', subject: id, value: paid.pence });
  await tell('CUSTOMER_SERVICE_URL', '/internal/loyalty', {
    userId: paid.user_id,
    points: Math.floor(paid.pence / 100),
  });
  return paid;
}

/** Orders and payments; what follows from a payment is told to others until they have taken it. */
export const orderPayment: LomashService = {
  migrations: [
    {
      name: '1: orders',
      statements: `CREATE SEQUENCE invoices START 1000;
        CREATE TABLE orders (
          id uuid PRIMARY KEY,
          user_id uuid NOT NULL,
          email text NOT NULL,
          product_id uuid NOT NULL,
          product text NOT NULL,
          quantity int NOT NULL,
          pence bigint NOT NULL,
          state text NOT NULL CHECK (state IN ('placed', 'paid')),
          invoice bigint,
          created_at timestamptz NOT NULL DEFAULT now())`,
    },
    {
      name: '2: what others are to be told',
      statements: `CREATE TABLE outbox (
          id uuid PRIMARY KEY,
          target text NOT NULL,
          path text NOT NULL,
          body json NOT NULL,
          at timestamptz NOT NULL DEFAULT now());
        CREATE INDEX outbox_at ON outbox (at)`,
    },
  ],
  // Orders of nobody would prove nothing.
  seed: () => Promise.resolve(0),
  start({ app, http, database, redis, settings }) {
    const products = needed(settings, 'PRODUCT_SERVICE_URL');
    const peers = {
      NOTIFICATION_SERVICE_URL: needed(settings, 'NOTIFICATION_SERVICE_URL'),
      ANALYTICS_SERVICE_URL: needed(settings, 'ANALYTICS_SERVICE_URL'),
      CUSTOMER_SERVICE_URL: needed(settings, 'CUSTOMER_SERVICE_URL'),
    };
    const webhookSecret = needed(settings, 'STRIPE_WEBHOOK_SECRET');

    http.post('/v1/orders', async (request, reply) => {
      const user = userOf(request);
      const { productId, quantity, idempotencyKey } = check(newOrder, request.body);
      const fresh = randomUUID();
      const key = `idempotency:${user.id}:${idempotencyKey ?? fresh}`;
      await redis.set(key, fresh, 'EX', 86_400, 'NX');
      const id = (await redis.get(key)) ?? fresh;
      const taken = await askPeer(products, `/internal/products/${productId}/reserve`, {
        body: { orderId: id, quantity },
      });
      const { pence, name } = z.object({ pence: z.number(), name: z.string() }).parse(taken);
      await database.query(
        `INSERT INTO orders (id, user_id, email, product_id, product, quantity, pence, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'placed') ON CONFLICT DO NOTHING`,
        [id, user.id, user.email, productId, name, quantity, pence * quantity],
      );
      return reply.code(201).send({ id, pence: pence * quantity });
    });
    http.get('/v1/orders/:id', async (request) => {
      const { id } = check(idParameter, request.params);
      const [order] = await database.query<Order>(`SELECT ${COLUMNS} FROM orders WHERE id = $1 AND user_id = $2`, [
        id,
        userOf(request).id,
      ]);
      if (!order) throw new Refused(404, `no order ${id}`);
      return order;
    });
    http.post('/v1/orders/:id/payment', async (request) => {
      const { id } = check(idParameter, request.params);
      const user = userOf(request);
      const [own] = await database.query('SELECT 1 FROM orders WHERE id = $1 AND user_id = $2', [id, user.id]);
      if (!own) throw new Refused(404, `no order ${id}`);
      return database.transaction((query) => pay(query, id));
    });
    void http.register((scope, _options, done) => {
      // The signature covers the bytes as they were sent.
      scope.removeContentTypeParser('application/json');
      scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, parsed) => {
        parsed(null, body);
      });
      scope.post('/v1/webhooks/stripe', async (request) => {
        const body = typeof request.body === 'string' ? request.body : '';
        const header = String(request.headers['stripe-signature'] ?? '');
        if (!isSigned(header, body, webhookSecret, Date.now())) throw new Refused(400, 'not signed by Stripe');
        const { type, data } = check(stripeEvent, JSON.parse(body));
        const orderId = data.object.metadata?.orderId;
        if (type !== 'payment_intent.succeeded' || orderId === undefined) return { received: true };
        await database.transaction((query) => pay(query, orderId));
        return { received: true };
      });
      done();
    });

    app.repeat('outbox', OUTBOX_MS, () =>
      database.alone('lomash.outbox', async (query) => {
        const rows = await query<{ id: string; target: keyof typeof peers; path: string; body: object }>(
          'SELECT id, target, path, body FROM outbox ORDER BY at LIMIT 20',
        );
        for (const { id, target, path, body } of rows) {
          await askPeer(peers[target], path, { body: { id, ...body } });
          await query('DELETE FROM outbox WHERE id = $1', [id]);
        }
      }),
    );
  },
};

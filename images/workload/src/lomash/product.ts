import * as z from 'zod';
import type { Query } from '../database.ts';
import { check, idParameter, Refused, userOf } from './requests.ts';
import type { LomashService } from './service.ts';

/** How long a product is cached, in seconds. */
const CACHED_S = 60;

const newProduct = z.strictObject({
  sku: z.string().trim().min(1).max(60),
  name: z.string().trim().min(1).max(200),
  pence: z.number().int().min(0),
  stock: z.number().int().min(0),
});
type NewProduct = z.infer<typeof newProduct>;
const reservation = z.strictObject({ orderId: z.uuid(), quantity: z.number().int().min(1).max(1000) });
const search = z.object({ q: z.string().max(200).default('') });

const EXAMPLES: readonly NewProduct[] = [
  { sku: 'KIT-SHAKER-OAK', name: 'Shaker kitchen in oak', pence: 849_900, stock: 12 },
  { sku: 'KIT-HANDLELESS', name: 'Handleless kitchen in graphite', pence: 999_900, stock: 7 },
  { sku: 'BED-WARDROBE-3', name: 'Fitted wardrobe with three doors', pence: 279_900, stock: 20 },
];

async function add(query: Query, { sku, name, pence, stock }: NewProduct): Promise<string | undefined> {
  const rows = await query<{ id: string }>(
    'INSERT INTO products (sku, name, pence, stock) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING id',
    [sku, name, pence, stock],
  );
  return rows[0]?.id;
}

/** Products and their stock; searched by words that are nearly right. */
export const product: LomashService = {
  migrations: [
    {
      name: '1: products and reservations',
      statements: `CREATE TABLE products (
          id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
          sku citext NOT NULL UNIQUE,
          name text NOT NULL,
          pence bigint NOT NULL CHECK (pence >= 0),
          stock int NOT NULL CHECK (stock >= 0));
        CREATE INDEX products_name ON products USING gin (name gin_trgm_ops);
        CREATE TABLE reservations (
          order_id uuid PRIMARY KEY,
          product_id uuid NOT NULL REFERENCES products,
          quantity int NOT NULL CHECK (quantity > 0))`,
    },
  ],
  seed: async (query) => {
    const added = await Promise.all(EXAMPLES.map((example) => add(query, example)));
    return added.filter((id) => id !== undefined).length;
  },
  start({ http, database, redis }) {
    http.post('/v1/products', async (request, reply) => {
      userOf(request);
      const id = await add(database.query, check(newProduct, request.body));
      if (id === undefined) throw new Refused(409, 'that SKU is taken');
      return reply.code(201).send({ id });
    });
    http.get('/v1/products', async (request) => {
      const { q } = check(search, request.query);
      const products = await database.query(
        `SELECT id, sku, name, pence::float8 AS pence, stock FROM products
         WHERE $1 = '' OR name ILIKE '%' || $1 || '%' OR word_similarity($1, name) > 0.5
         ORDER BY word_similarity($1, name) DESC, name LIMIT 20`,
        [q],
      );
      return { products };
    });
    http.get('/v1/products/:id', async (request, reply) => {
      const { id } = check(idParameter, request.params);
      const cached = await redis.get(`product:${id}`);
      if (cached !== null) return reply.header('x-cache', 'hit').type('application/json').send(cached);
      const [row] = await database.query(
        'SELECT id, sku, name, pence::float8 AS pence, stock FROM products WHERE id = $1',
        [id],
      );
      if (!row) throw new Refused(404, `no product ${id}`);
      await redis.set(`product:${id}`, JSON.stringify(row), 'EX', CACHED_S);
      return reply.header('x-cache', 'miss').send(row);
    });
    // However often an order asks: it gets its pieces once.
    http.post('/internal/products/:id/reserve', async (request) => {
      const { id } = check(idParameter, request.params);
      const { orderId, quantity } = check(reservation, request.body);
      const taken = await database.transaction(async (query) => {
        const fresh = await query(
          `INSERT INTO reservations (order_id, product_id, quantity)
           SELECT $1, id, $3 FROM products WHERE id = $2 ON CONFLICT DO NOTHING RETURNING 1`,
          [orderId, id, quantity],
        );
        const rows = await query<{ pence: number; name: string; stock: number }>(
          fresh.length === 0
            ? 'SELECT pence::float8 AS pence, name, stock FROM products WHERE id = $1'
            : `UPDATE products SET stock = stock - ${quantity} WHERE id = $1 AND stock >= ${quantity}
               RETURNING pence::float8 AS pence, name, stock`,
          [id],
        );
        if (!rows[0]) throw new Refused(409, `there are not ${quantity} of product ${id}`);
        return rows[0];
      });
      await redis.del(`product:${id}`);
      return taken;
    });
  },
};

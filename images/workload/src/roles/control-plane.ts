import * as z from 'zod';
import type { App } from '../app.ts';
import type { Cell } from '../contract.ts';
import { Database, databaseEnvironment } from '../database.ts';
import { port } from '../environment.ts';
import { createHttp, listen } from '../http.ts';
import { serve } from '../rpc.ts';

export const environment = z
  .object({
    HTTP_PORT: port.default(8080),
    GRPC_PORT: port.default(7239),
    CELL_ID: z.string().default('cell-1'),
    REGION: z.string().default('local'),
  })
  .and(databaseEnvironment);

/** Registers this cell, again and again as a sign of life, and tells which cells there are. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const database = new Database(app, env.database, 2);
  app.repeat('registering the cell', 5000, async () => {
    await database.query(
      `INSERT INTO workflow.cells (id, region, replica, seen_at) VALUES ($1, $2, $3, now())
       ON CONFLICT (id) DO UPDATE SET region = excluded.region, replica = excluded.replica, seen_at = now()`,
      [env.CELL_ID, env.REGION, app.replica],
    );
  });
  await serve(app, 'ControlPlane', env.GRPC_PORT, {
    ListCells: async () => ({
      cells: await database.query<Cell>(
        'SELECT id, region, round(extract(epoch FROM seen_at) * 1000)::float8 AS "seenAt" FROM workflow.cells ORDER BY id',
      ),
    }),
  });
  await listen(app, createHttp(app, { postgres: database.ping }), env.HTTP_PORT);
}

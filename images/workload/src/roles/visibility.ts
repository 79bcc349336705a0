import * as z from 'zod';
import type { App } from '../app.ts';
import type { Execution } from '../contract.ts';
import { Database, databaseEnvironment } from '../database.ts';
import { port } from '../environment.ts';
import { createHttp, listen } from '../http.ts';
import { serve } from '../rpc.ts';

export const environment = z
  .object({ HTTP_PORT: port.default(8085), GRPC_PORT: port.default(7237) })
  .and(databaseEnvironment);

const filter = z.object({
  state: z.string().default(''),
  limit: z.coerce.number().int().min(1).max(1000).catch(50),
});

/** Answers which executions there are; it only reads. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const database = new Database(app, env.database, 4);
  const list = ({ state, limit }: z.infer<typeof filter>): Promise<Execution[]> =>
    database.query<Execution>(
      `SELECT id, state, round(extract(epoch FROM created_at) * 1000)::float8 AS "createdAt",
         round(extract(epoch FROM updated_at) * 1000)::float8 AS "updatedAt"
       FROM visibility.executions WHERE $1 = '' OR state = $1 ORDER BY created_at DESC LIMIT $2`,
      [state, limit],
    );

  const http = createHttp(app, { postgres: database.ping });
  http.get('/api/v1/executions', async (request) => ({ executions: await list(filter.parse(request.query)) }));

  await serve(app, 'Visibility', env.GRPC_PORT, {
    ListExecutions: async (request) => ({ executions: await list(filter.parse(request)) }),
    CountExecutions: async () => {
      const rows = await database.query<{ state: string; executions: number }>(
        'SELECT state, count(*)::float8 AS executions FROM visibility.executions GROUP BY state',
      );
      return { byState: Object.fromEntries(rows.map(({ state, executions }) => [state, executions])) };
    },
  });
  await listen(app, http, env.HTTP_PORT);
}

import { Gauge } from 'prom-client';
import * as z from 'zod';
import type { App } from '../app.ts';
import { address, duration, port } from '../environment.ts';
import { createHttp, listen } from '../http.ts';
import { Peer } from '../rpc.ts';

export const environment = z.object({
  HTTP_PORT: port.default(8080),
  FRONTEND_ADDR: address.default('frontend:9090'),
  SYNC_INTERVAL: duration.default(30_000),
});

/** Keeps a copy of the engine's counts near its clients, in /counts and /metrics. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const frontend = new Peer(app, 'Frontend', env.FRONTEND_ADDR);
  const executions = new Gauge({ name: 'linkflow_executions', help: 'Executions by state', labelNames: ['state'] });
  let latest: { syncedAt: string; byState: Readonly<Record<string, number>> } | null = null;
  app.repeat('syncing', env.SYNC_INTERVAL, async () => {
    const { byState } = await frontend.call('CountExecutions', {}, { attempts: 3, signal: app.stopping });
    latest = { syncedAt: new Date().toISOString(), byState };
    for (const [state, number] of Object.entries(byState)) executions.set({ state }, number);
  });
  const http = createHttp(app, {});
  http.get('/counts', (_request, reply) => reply.code(latest ? 200 : 503).send(latest ?? { error: 'not synced yet' }));
  await listen(app, http, env.HTTP_PORT);
}

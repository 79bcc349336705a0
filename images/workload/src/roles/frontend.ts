import * as z from 'zod';
import type { App } from '../app.ts';
import { addEcho } from '../echo.ts';
import { address, port } from '../environment.ts';
import { createHttp, listen } from '../http.ts';
import { Peer, serve } from '../rpc.ts';
import { hop } from '../trail.ts';

export const environment = z.object({
  HTTP_PORT: port.default(8080),
  GRPC_PORT: port.default(9090),
  HISTORY_ADDR: address.default('history:7234'),
  VISIBILITY_ADDR: address.default('visibility:7237'),
});

/** The engine's gateway. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const history = new Peer(app, 'History', env.HISTORY_ADDR);
  const visibility = new Peer(app, 'Visibility', env.VISIBILITY_ADDR);
  await serve(app, 'Frontend', env.GRPC_PORT, {
    StartExecution: (job, { gone }) => {
      const trail = [...job.trail, hop('frontend.accepted', app.replica)];
      return history.call('StartExecution', { ...job, trail }, { attempts: 2, cancel: gone });
    },
    CountExecutions: (request, { gone }) => visibility.call('CountExecutions', request, { attempts: 2, cancel: gone }),
  });
  const http = createHttp(app, {});
  await addEcho(app, http, '');
  await listen(app, http, env.HTTP_PORT);
}

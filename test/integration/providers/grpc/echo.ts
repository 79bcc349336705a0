import { hostname } from 'node:os';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';

/*
 * Either end of one gRPC method, for a container: `serve PORT` answers after as many milliseconds as it is asked for, with its
 * own name; `call ADDRESS` calls from several sides at once until it is asked to stop, then prints a tally as JSON.
 */

const same = (bytes: Buffer): Buffer => bytes;
const SAY = {
  ...{ path: '/echo.v1.Echo/Say', requestStream: false, responseStream: false },
  ...{ requestSerialize: same, requestDeserialize: same, responseSerialize: same, responseDeserialize: same },
};

/** How long calls are to take, in milliseconds: a client for each. */
const CALLERS = [0, 0, 5, 20, 200, 1000];

function serve(port: string): void {
  const server = new grpc.Server();
  const say: grpc.handleUnaryCall<Buffer, Buffer> = ({ request }, reply) => {
    void sleep(Number(request.toString())).then(() => {
      reply(null, Buffer.from(hostname()));
    });
  };
  server.addService({ Say: SAY }, { Say: say });
  server.bindAsync(`0.0.0.0:${port}`, grpc.ServerCredentials.createInsecure(), () => {
    writeFileSync('/ready', '');
  });
  process.once('SIGTERM', () => {
    server.tryShutdown(() => process.exit(0));
  });
}

function call(address: string): void {
  const tally = { answered: {} as Record<string, number>, failed: {} as Record<string, number> };
  const count = (of: Record<string, number>, key: string): void => {
    of[key] = (of[key] ?? 0) + 1;
  };
  let isOver = false;
  const loops = CALLERS.map(async (ms) => {
    const client = new grpc.Client(address, grpc.credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
    while (!isOver) {
      await new Promise<void>((resolve) => {
        const deadline = Date.now() + 10_000;
        client.makeUnaryRequest(SAY.path, same, same, Buffer.from(String(ms)), { deadline }, (error, answer) => {
          if (error) count(tally.failed, `${grpc.status[error.code]}: ${error.details}`);
          else count(tally.answered, String(answer));
          resolve();
        });
      });
      await sleep(5);
    }
    client.close();
  });
  process.once('SIGTERM', () => {
    isOver = true;
    void Promise.all(loops).then(() => {
      process.stdout.write(`${JSON.stringify(tally)}\n`, () => process.exit(0));
    });
  });
}

const [, , role, what = ''] = process.argv;
if (role === 'serve') serve(what);
else call(what);

import { createServer } from 'node:net';

/** Who keeps us from binding a TCP port of this machine; undefined: nobody. An address it lacks is Docker's to report. */
export function holder(address: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      // Any other refusal (a privileged port, say) need not stop the engine: it will tell.
      resolve(error.code === 'EADDRINUSE' ? 'another process on the host' : undefined);
    });
    server.listen({ host: address, port, exclusive: true }, () => {
      server.close(() => {
        resolve(undefined);
      });
    });
  });
}

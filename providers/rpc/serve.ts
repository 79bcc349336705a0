import type { Provider } from './provider.ts';
import { ProviderServer } from './server.ts';

/** How long operations have to end themselves after the engine has gone, in milliseconds. */
const FAREWELL_MS = 5000;
/** How often to look whether the engine is there, in milliseconds. */
const GLANCE_MS = 500;

/** Serves `provider` as a Pulumi plugin: its port is the first line on stdout; it ends with the engine it belongs to. */
export async function serve(provider: Provider): Promise<void> {
  // Taken first: once the port is told, the engine may be gone at any moment.
  const engine = process.ppid;
  const server = new ProviderServer(provider, process.argv[2]);
  // The engine starts its plugins in process groups of their own, so this is never the user's Ctrl-C: it is how the engine
  // ends a plugin that it has no more work for, and it waits 5 s for it.
  process.on('SIGINT', () => process.exit(0));
  const port = await server.listen();
  process.stdout.write(`${port}\n`);

  // The engine kills its plugins when it ends; one that was killed itself can't.
  let left = FAREWELL_MS;
  setInterval(() => {
    if (process.ppid === engine) return;
    server.cancel();
    left -= GLANCE_MS;
    if (!server.busy || left <= 0) process.exit(1);
  }, GLANCE_MS);
}

import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ProviderServer, type Provider } from '../providers/rpc/index.ts';

/*
 * Serves several providers from one process that is started beside the Pulumi engine, which would start a process for
 * each, one after the other. Usage: node providers.ts <folder> <provider>…; for as long as its input is open.
 *
 * providers/rpc/launch.sh, which the engine runs for each plugin, looks for `<provider>` in the folder: the port of a server that
 * listens. It takes the file by renaming it to `<provider>.<pid>.<engine's pid>`, so that each server serves one plugin:
 * a second one of the same name, configured otherwise, is a process of its own as ever. `starting` is there until all
 * listen.
 */

const PROVIDERS: Readonly<Record<string, () => Promise<Provider>>> = {
  slipway: async () => (await import('../providers/slipway/provider.ts')).slipwayProvider,
  docker: async () => (await import('../providers/embedded/docker/provider.ts')).DOCKER,
  random: async () => (await import('../providers/embedded/random/provider.ts')).RANDOM,
  tls: async () => (await import('../providers/embedded/tls/provider.ts')).TLS,
};

/** How often to look what has become of engine and plugins, in milliseconds. */
const GLANCE_MS = 200;
/** How long operations have to end themselves after their engine has gone, in milliseconds. */
const FAREWELL_MS = 5000;

const [folder = '', ...names] = process.argv.slice(2);
/** Those that are free or in use, by the name of their provider. */
const servers = new Map<string, ProviderServer>();
/** Aborted once whoever has started this has gone, or wants it no more. */
const leave = new AbortController();

process.stdin.resume().on('end', () => {
  leave.abort();
});
// A terminal's Ctrl-C is for whoever has started this, who tells the engine, which tells the plugins.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
await Promise.all(names.map(serve));
rmSync(join(folder, 'starting'), { force: true });
while (!leave.signal.aborted || taken().length > 0) {
  await delay(GLANCE_MS);
  const left = taken().filter(({ plugin, engine }) => !isAlive(plugin) || !isAlive(engine));
  await Promise.all(left.map(retire));
}
rmSync(folder, { recursive: true, force: true });
process.exit(0);

async function serve(name: string): Promise<void> {
  const load = PROVIDERS[name];
  if (!load) throw new Error(`no provider "${name}"; known: ${Object.keys(PROVIDERS).join(', ')}`);
  const server = new ProviderServer(await load());
  servers.set(name, server);
  const draft = join(folder, `.${name}`);
  writeFileSync(draft, `${await server.listen()}\n`);
  renameSync(draft, join(folder, name)); // In one step: whoever sees it finds the port in it.
}

/** A plugin that uses a server of ours, by process ids. */
interface Taken {
  readonly name: string;
  readonly plugin: number;
  readonly engine: number;
}

/** The plugins that use servers of ours. */
function taken(): Taken[] {
  return readdirSync(folder).flatMap((file) => {
    const [, name = '', plugin, engine] = /^(\w+)\.(\d+)\.(\d+)$/.exec(file) ?? [];
    return servers.has(name) ? [{ name, plugin: Number(plugin), engine: Number(engine) }] : [];
  });
}

/** Ends a server whose plugin or engine is gone, after what it is at; and the plugin, which only waits to be ended. */
async function retire({ name, plugin }: Taken): Promise<void> {
  const server = servers.get(name);
  server?.cancel();
  for (let left = FAREWELL_MS; server?.busy === true && left > 0; left -= GLANCE_MS) await delay(GLANCE_MS);
  server?.close();
  servers.delete(name);
  if (isAlive(plugin)) process.kill(plugin);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import { App } from '../../images/workload/src/app.ts';
import type { Client, Store } from './stores.ts';

/** How long a store may take until it answers, in milliseconds. */
const START_MS = 90_000;

/** A store that runs in a container, on data in a folder of this machine, and a connection to it. */
export class Server {
  readonly container: Docker.Container;
  readonly client: Client;
  readonly #app: App;
  #frozen: number[] = [];

  private constructor(container: Docker.Container, client: Client, app: App) {
    this.container = container;
    this.client = client;
    this.#app = app;
  }

  /** Starts a store on a folder. @throws Error if it does not come up, with what it said last */
  static async start(docker: Docker, image: string, label: string, store: Store, data: string): Promise<Server> {
    const container = await docker.createContainer({
      Image: image,
      Cmd: [...store.command],
      Env: Object.entries(store.environment).map(([name, value]) => `${name}=${value}`),
      Labels: { 'slipway.bench': label },
      HostConfig: { Binds: [`${data}:${store.folder}`] },
    });
    await container.start();
    return Server.#connect(container, store);
  }

  /**
   * Stops every process of the store where it stands; what one of them is waiting for the disk to do is done first. Not by
   * the engine's pause: it gives up on a process that waits for the disk.
   */
  async freeze(): Promise<void> {
    // The first process first: it starts no others then.
    const first = (await this.container.inspect()).State.Pid;
    process.kill(first, 'SIGSTOP');
    this.#frozen = [first, ...(await this.#processes()).filter((pid) => pid !== first)];
    for (const pid of this.#frozen) process.kill(pid, 'SIGSTOP');
    while (!this.#frozen.every((pid) => /\) [Tt] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')))) await delay(1);
  }

  /** Lets them go on. */
  thaw(): void {
    for (const pid of this.#frozen.splice(0)) process.kill(pid, 'SIGCONT');
  }

  /** As this machine numbers them. */
  async #processes(): Promise<number[]> {
    const { Titles, Processes } = (await this.container.top()) as { Titles: string[]; Processes: string[][] };
    return Processes.map((row) => Number(row[Titles.indexOf('PID')]));
  }

  /** Kills the store's first process as a crash would: what the page cache holds stays. */
  async kill(): Promise<void> {
    process.kill((await this.container.inspect()).State.Pid, 'SIGKILL');
    await this.container.wait();
    this.client.close();
  }

  /** Starts it again on the same data, and connects anew. */
  async restart(store: Store): Promise<Server> {
    await this.#app.stop();
    await this.container.start();
    return Server.#connect(this.container, store);
  }

  async remove(): Promise<void> {
    await this.container.remove({ force: true, v: true });
    await this.#app.stop();
  }

  static async #connect(container: Docker.Container, store: Store): Promise<Server> {
    const app = new App('bench', { LOG_LEVEL: 'silent', SHUTDOWN_TIMEOUT: 1000 });
    const { NetworkSettings } = await container.inspect();
    const host = Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? '';
    const client = store.connect(app, host);
    const deadline = Date.now() + START_MS;
    for (;;) {
      try {
        await client.ping();
        return new Server(container, client, app);
      } catch (error) {
        const { State } = await container.inspect();
        if (State.Running && Date.now() < deadline) {
          await delay(50);
          continue;
        }
        const log = await container.logs({ stdout: true, stderr: true, tail: 3 });
        await container.remove({ force: true, v: true });
        await app.stop();
        throw new Error(`${store.name} does not come up: ${String(error)}\n${log.toString()}`, { cause: error });
      }
    }
  }
}

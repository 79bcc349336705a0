import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A line to an engine that can be cut: whoever is at the other end of it sees what a network that fails shows. */
export class Line {
  readonly #folder = mkdtempSync(join(tmpdir(), 'slipway-line-'));
  readonly #socket = join(this.#folder, 'docker.sock');
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  #isCut = false;

  /** @param engine path of the socket that it listens on */
  constructor(engine: string) {
    this.#server = createServer((client) => {
      if (this.#isCut) {
        client.destroy();
        return;
      }
      this.#connections.add(client);
      client.once('close', () => this.#connections.delete(client));
      pass(client, connect(engine));
    }).listen(this.#socket);
  }

  /** Address of the engine at this end. */
  get host(): string {
    return `unix://${this.#socket}`;
  }

  /** Ends every connection, and lets none be made. */
  cut(): void {
    this.#isCut = true;
    for (const connection of this.#connections) connection.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  dispose(): void {
    this.cut();
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Lets two connections talk to each other; whatever ends one ends the other. */
export function pass(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one);
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    const end = (): void => {
      to.destroy();
    };
    from.on('error', end).on('close', end);
  }
}

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Where ports are looked for: below those that the kernel hands out by itself (from 32768 on), or another process or an
 * engine that chooses a port could take one between now and the moment at which the test uses it.
 */
const FIRST = 20_000;
const LAST = 31_999;

/** Ports given out by this process. */
const given = new Set<number>();

/** Ports of this machine that nobody listens on, nor is likely to before they are used. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(FIRST, LAST + 1);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ host: '0.0.0.0', port }, resolve);
    });
  } catch {
    return false;
  }
  await new Promise((closed) => server.close(closed));
  return true;
}

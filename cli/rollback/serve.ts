import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROLLBACK_VARIABLE, type Handover } from '../../config/release/handover.ts';
import type { Context } from '../context.ts';

/** A release that the program can ask for. */
export interface Served {
  /** The context to run the program in. */
  readonly context: Context;
  readonly end: () => void;
}

/**
 * Hands a release over to the program, over a socket in a folder that only this user can enter: with a run that is killed
 * it is gone, and no secret has ever stood in a file.
 */
export async function serveHandover(context: Context, handover: Handover): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-rollback-'));
  const path = join(folder, 'release');
  const text = JSON.stringify(handover);
  const server = createServer((socket) => {
    socket.on('error', () => undefined); // Who goes before the end misses it by themselves.
    socket.end(text);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(path, resolve);
  });
  return {
    context: { ...context, env: { ...context.env, [ROLLBACK_VARIABLE]: path } },
    end: () => {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

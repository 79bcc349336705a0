import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';

/**
 * Signals everything whose environment has the mark. The engine can't signal a command that it runs in a container that
 * is up already, and numbers of processes differ inside and outside.
 */
const SCRIPT = 'for p in /proc/[0-9]*; do grep -qs "$1" "$p/environ" && kill -s "$2" "${p##*/}"; done';

/** What the command is sent when it is asked to end for the first, the second, the third time. */
const SIGNALS = ['INT', 'TERM', 'KILL'] as const;

/** How often a command is asked before we leave it to itself. */
export const PATIENCE = SIGNALS.length;

/** A variable that a command and all it starts have in their environment, and nobody else. */
export function newMark(): string {
  return `SLIPWAY_COMMAND=${randomUUID()}`;
}

/**
 * Asks the command with this mark to end, more firmly each time. Does nothing where the container has gone or has no
 * shell to do it with: the command then ends when it will.
 * @param time from 1
 */
export async function signalCommand(container: Docker.Container, mark: string, time: number): Promise<void> {
  const signal = SIGNALS[time - 1] ?? 'KILL';
  const exec = await container.exec({ Cmd: ['sh', '-c', SCRIPT, 'sh', mark, signal], AttachStdout: true });
  const stream: Readable = await exec.start({});
  await new Promise<void>((resolve) => {
    stream.resume().once('end', resolve).once('close', resolve).once('error', resolve);
  });
}

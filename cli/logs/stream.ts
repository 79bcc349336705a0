import { PassThrough, Readable, type Writable } from 'node:stream';
import type Docker from 'dockerode';
import { demux } from '../hosts/demux.ts';
import { lineSplitter } from '../pulumi/events.ts';
import { parseLine, unixSeconds, type LogLine } from './line.ts';

/** Which part of a container's log is asked for. */
export interface LogRange {
  /** Ms since the epoch. */
  readonly sinceMs?: number | undefined;
  /** Number of lines at the end. */
  readonly tail?: number | undefined;
}

/** What a container has written so far, line by line, its error stream included. */
export async function readLog(docker: Docker, id: string, range: LogRange): Promise<LogLine[]> {
  const container = docker.getContainer(id);
  const [{ Config }, log] = await Promise.all([
    container.inspect(),
    container.logs({ ...engineOptions(range), follow: false }),
  ]);
  const lines: LogLine[] = [];
  await split(container, Readable.from([log]), Config.Tty, (line) => lines.push(line));
  return lines;
}

/** Hands over what a container writes until it stops or `signal` aborts. */
export async function followLog(
  docker: Docker,
  id: string,
  range: LogRange,
  onLine: (line: LogLine) => void,
  signal: AbortSignal,
): Promise<void> {
  const container = docker.getContainer(id);
  const { Config } = await container.inspect();
  const log = (await container.logs({ ...engineOptions(range), follow: true })) as unknown as Readable;
  const stop = (): void => void log.destroy();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await split(container, log, Config.Tty, onLine);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function engineOptions({ sinceMs, tail }: LogRange) {
  return {
    stdout: true,
    stderr: true,
    timestamps: true,
    // The engine takes fractions of a second, though the type of its client does not tell.
    ...(sinceMs !== undefined && { since: unixSeconds(sinceMs) as unknown as number }),
    ...(tail !== undefined && { tail }),
  };
}

/** Cuts a log into lines until it ends; without a terminal it is two streams in one. */
async function split(
  container: Docker.Container,
  log: Readable,
  isTerminal: boolean,
  onLine: (line: LogLine) => void,
): Promise<void> {
  const sink = (): Writable => {
    const splitter = lineSplitter((line) => {
      onLine(parseLine(line));
    });
    return new PassThrough().setEncoding('utf8').on('data', splitter);
  };
  if (isTerminal) log.pipe(sink());
  else demux(container, log, sink(), sink());
  await new Promise<void>((resolve) => {
    log.once('end', resolve).once('close', resolve).once('error', resolve);
  });
  // What has been handed on arrives with the next turn of the loop.
  await new Promise((resolve) => setImmediate(resolve));
}

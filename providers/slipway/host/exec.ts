import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type Host, reasonOf } from './host.ts';

/** A command inside a running container. */
export interface Command {
  readonly command: readonly string[];
  /** Variables on top of those of the container; they can be seen by whoever may look at its processes. */
  readonly env: Readonly<Record<string, string>>;
  /** What it reads on its standard input, the one place that nobody else sees. Has to tell by itself where it ends. */
  readonly input: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** How a command ended. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command inside a running container, to its end.
 * @throws if the engine does not start it, if it does not end in time, or when it is interrupted; it may go on then
 */
export async function execute(host: Host, id: string, what: Command): Promise<Ended> {
  const signal = AbortSignal.any([what.signal, AbortSignal.timeout(what.timeoutMs)]);
  const exec = await host.docker.getContainer(id).exec({
    Cmd: [...what.command],
    Env: Object.entries(what.env).map(([name, value]) => `${name}=${value}`),
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    abortSignal: signal,
  });
  const stream = await exec.start({ hijack: true, stdin: true });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const modem = host.docker.modem as { demuxStream: (from: typeof stream, out: PassThrough, err: PassThrough) => void };
  modem.demuxStream(stream, stdout, stderr);
  const close = (): void => {
    stdout.end();
    stderr.end();
  };
  const interrupt = (): void => {
    stream.destroy();
  };
  stream.once('end', close).once('close', close).once('error', close);
  signal.addEventListener('abort', interrupt);
  if (signal.aborted) interrupt();
  // The stream stays open for output: over TLS an end of ours would end both ways.
  stream.write(what.input);
  try {
    const [out, err] = await Promise.all([text(stdout), text(stderr)]);
    if (what.signal.aborted) throw new Error('interrupted');
    if (signal.aborted) throw new Error(`it had not ended after ${(what.timeoutMs / 1000).toFixed(0)} s`);
    const { ExitCode: exitCode } = await exec.inspect();
    if (exitCode === null) throw new Error(`the engine does not say how it ended: ${reasonOf(err)}`);
    return { exitCode, stdout: out, stderr: err };
  } finally {
    signal.removeEventListener('abort', interrupt);
    stream.destroy();
  }
}

import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { Context } from '../context.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { demux } from '../hosts/demux.ts';
import { takeInterrupts } from '../pulumi/interrupts.ts';
import { newMark, PATIENCE, signalCommand } from './signal.ts';

/**
 * Runs a command inside a container with our input and output. What asks us to stop is passed on to it: by the terminal,
 * or as a signal where there is none.
 * @param isTerminal true: with a terminal of the size of ours, which is in raw mode meanwhile
 * @returns the command's exit code
 * @throws CommandFailure if the engine does not start it, or it does not end though asked again and again
 */
export async function attach(
  context: Context,
  container: Docker.Container,
  command: readonly string[],
  isTerminal: boolean,
): Promise<number> {
  const mark = newMark();
  const exec = await container.exec({
    Cmd: [...command],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: isTerminal,
    Env: [mark, ...(isTerminal ? [`TERM=${context.env['TERM'] ?? 'xterm'}`] : [])],
  });
  const interrupts = takeInterrupts();
  const stream = await exec.start({ hijack: true, stdin: true, Tty: isTerminal });
  const release = isTerminal ? holdTerminal(context, exec) : (): void => undefined;
  interrupts.listen((time) => {
    if (time > PATIENCE) stream.destroy(new CommandFailure(EXIT.interrupted, 'it does not end, and may go on'));
    // A container that has just gone has ended it as well.
    else signalCommand(container, mark, time).catch(() => undefined);
  });
  try {
    await pump(context, container, stream, isTerminal);
  } finally {
    interrupts.dispose();
    release();
    context.stdin.unpipe(stream);
    context.stdin.pause();
    if ('unref' in context.stdin) context.stdin.unref(); // A file on standard input has nothing to let go of.
  }
  const { ExitCode: code } = await exec.inspect();
  if (code === null) throw new CommandFailure(EXIT.failed, 'the engine does not say how the command ended');
  return code;
}

/** Moves bytes both ways until the command has closed its output. */
async function pump(context: Context, container: Docker.Container, stream: Duplex, isTerminal: boolean): Promise<void> {
  context.stdin.pipe(stream);
  if (isTerminal) stream.pipe(context.stdout, { end: false });
  else demux(container, stream, context.stdout, context.stderr);
  await new Promise<void>((resolve, reject) => {
    stream.once('end', resolve).once('close', resolve).once('error', reject);
  });
}

/** How often a size is offered to a command that does not take it, ever less often, for about half a second. */
const RESIZE_ATTEMPTS = 10;

/** Puts our terminal in raw mode and passes its size on, at once and whenever it changes; returns what undoes it. */
function holdTerminal({ stdin, stdout }: Context, exec: Docker.Exec): () => void {
  const resize = async (): Promise<void> => {
    // The command may be only about to start, or may just have ended: then its size matters no more.
    for (let attempt = 1; attempt <= RESIZE_ATTEMPTS; attempt++) {
      try {
        await exec.resize({ h: stdout.rows, w: stdout.columns });
        return;
      } catch {
        await sleep(attempt * 10);
      }
    }
  };
  const onResize = (): void => void resize();
  stdin.setRawMode(true);
  stdout.on('resize', onResize);
  onResize();
  return () => {
    stdout.off('resize', onResize);
    stdin.setRawMode(false);
  };
}

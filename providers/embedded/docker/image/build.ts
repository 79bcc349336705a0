import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { resolve } from 'node:path';
import type Docker from 'dockerode';
import type { Operation } from '../../../rpc/index.ts';
import { reason } from '../errors.ts';
import { contextArchive } from './context.ts';
import type { BuildInputs } from './schema.ts';
import { decodeTrace, type Trace } from './trace.ts';

/** Lines of a failing step that an error repeats. */
const TAIL = 20;
/** A build prints much faster than anybody reads. */
const PROGRESS_MS = 250;

/**
 * Builds an image with the engine's BuildKit and names it `name`. Progress goes to the log.
 * @throws with the failing step and its last lines
 */
export async function buildImage(
  docker: Docker,
  name: string,
  build: BuildInputs,
  operation: Operation,
): Promise<void> {
  const archive = Readable.from(await contextArchive(resolve(build.context), build.dockerfile));
  const stream = await docker.buildImage(archive, {
    version: '2',
    // The API takes a name as often as there are names.
    t: [name, ...build.tag] as unknown as string,
    dockerfile: build.dockerfile,
    ...(build.target !== '' && { target: build.target }),
    buildargs: { ...build.buildArgs },
    labels: { ...build.label },
    rm: true,
    abortSignal: operation.signal,
  });
  const progress = new Progress(operation);
  try {
    for await (const line of createInterface({ input: stream })) progress.take(line);
  } catch (error) {
    operation.signal.throwIfAborted();
    throw progress.failure(reason(error));
  }
}

interface Message {
  readonly id?: string;
  readonly aux?: unknown;
  readonly error?: string;
}

/** Follows a build: tells what it is at, and remembers what a failure has to be explained with. */
class Progress {
  readonly #operation: Operation;
  readonly #names = new Map<string, string>();
  readonly #tails = new Map<string, string[]>();
  #failed: { id: string; error: string } | undefined;
  #told = 0;

  constructor(operation: Operation) {
    this.#operation = operation;
  }

  /** @throws when the line says that the build has failed */
  take(line: string): void {
    if (line.trim() === '') return;
    const message = JSON.parse(line) as Message;
    if (message.error !== undefined) throw new Error(message.error);
    if (message.id === 'moby.buildkit.trace' && typeof message.aux === 'string') this.#follow(decodeTrace(message.aux));
  }

  #follow({ steps, output }: Trace): void {
    for (const { id, name, error, isRunning } of steps) {
      this.#names.set(id, name);
      if (error !== '') this.#failed ??= { id, error };
      if (isRunning) this.#tell(name);
    }
    for (const { step, text } of output) {
      const lines = text.split('\n').filter((printed) => printed.trim() !== '');
      this.#tails.set(step, [...(this.#tails.get(step) ?? []), ...lines].slice(-TAIL));
      const last = lines.at(-1);
      if (last !== undefined) this.#tell(last);
    }
  }

  #tell(text: string): void {
    if (Date.now() - this.#told < PROGRESS_MS) return;
    this.#told = Date.now();
    this.#operation.log('info', text, { ephemeral: true });
  }

  /** The error of a build: what BuildKit says, the step it was in, the last lines that the step has printed. */
  failure(said: string): Error {
    if (!this.#failed) return new Error(said);
    const { id } = this.#failed;
    return new Error([said, `in ${this.#names.get(id) ?? id}`, ...(this.#tails.get(id) ?? [])].join('\n'));
  }
}

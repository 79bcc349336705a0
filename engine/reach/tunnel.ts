import { Duplex, PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { Obstacle } from './outcome.ts';

/** Connects, says so on the other stream, then hands bytes on in both directions; bash speaks TCP by itself. */
const RELAY = `getent ahosts "$1" > /dev/null || exit 10
exec 3<> "/dev/tcp/$1/$2" || exit 11
echo connected >&2
exec 4<&0
cat <&4 >&3 2> /dev/null &
cat <&3
kill $!`;

/** A place on a host from which connections can be made: a running container with bash. */
export type Place = Docker.Container;

/** Where a connection leads to, and how long that may take. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
}

/**
 * A connection over TCP that a container makes, as a stream here. What is said on it, passwords included, nobody in the
 * container sees.
 * @throws Obstacle: the name does not resolve, nobody listens, or nothing answers in time
 */
export async function connectFrom(place: Place, { host, port, timeoutMs }: Target): Promise<Tunnel> {
  const exec = await place.exec({
    Cmd: ['bash', '-c', RELAY, 'relay', host, String(port)],
    Env: ['LC_ALL=C'],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const raw = await exec.start({ hijack: true, stdin: true });
  const [out, said] = [new PassThrough(), new PassThrough()];
  const modem = place.modem as { demuxStream: (from: Duplex, out: PassThrough, err: PassThrough) => void };
  modem.demuxStream(raw, out, said);
  const tunnel = new Tunnel(raw, out);
  try {
    await new Promise<void>((resolve, reject) => {
      let words = '';
      const timer = setTimeout(() => {
        reject(new Obstacle('silent', `no answer within ${timeoutMs / 1000} s`));
      }, timeoutMs);
      said.setEncoding('utf8').on('data', (chunk: string) => {
        words += chunk;
        if (words.includes('connected\n')) resolve();
      });
      const end = (): void => {
        clearTimeout(timer);
        void exec.inspect().then(({ ExitCode: code }) => {
          reject(failed(code, words));
        }, reject);
      };
      raw.once('end', end).once('close', end).once('error', end);
    });
  } catch (error) {
    tunnel.destroy();
    throw error;
  }
  return tunnel;
}

function failed(code: number | null, words: string): Obstacle {
  if (code === 10) return new Obstacle('name', 'no DNS server that the host asks knows it');
  // `relay: connect: Connection refused`, then the same with the path.
  const [first = ''] = words.split('\n');
  const detail = first.replace(/^.*?: (?:line \d+: )?(?:connect: )?/, '').trim();
  return new Obstacle(
    words.includes('refused') ? 'refused' : 'silent',
    detail === '' ? `exit code ${code ?? ''}` : detail,
  );
}

/** A connected stream, with what clients ask of a socket beside reading and writing. */
export class Tunnel extends Duplex {
  readonly #raw: Duplex;

  constructor(raw: Duplex, out: PassThrough) {
    super();
    this.#raw = raw;
    out.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) out.pause();
    });
    const end = (): void => {
      this.push(null);
    };
    raw.once('end', end).once('close', end);
    raw.on('error', (error) => this.destroy(error));
    this.on('resume', () => out.resume());
    this.#resume = () => out.resume();
  }

  readonly #resume: () => void;

  override _read(): void {
    this.#resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#raw.write(chunk, encoding, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#raw.destroy();
    done(error);
  }

  /** It is connected already; who asks hears of it in a moment. */
  connect(): this {
    setImmediate(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

import type { Readable, Writable } from 'node:stream';
import type Docker from 'dockerode';

/** Takes apart the two output streams that the engine sends over one connection where there is no terminal. */
export function demux(container: Docker.Container, stream: Readable, stdout: Writable, stderr: Writable): void {
  const modem = container.modem as {
    demuxStream: (stream: Readable, stdout: Writable, stderr: Writable) => void;
  };
  modem.demuxStream(stream, stdout, stderr);
}

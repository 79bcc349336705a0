import { containerName } from '../../../engine/answers.ts';
import type { Operation } from '../../rpc/index.ts';
import { execute } from '../host/exec.ts';
import { failure, type Host } from '../host/host.ts';
import type { FilesInputs } from './schema.ts';

/** How long a container may take to read its files again, in milliseconds. */
const TIMEOUT_MS = 30_000;

/** What makes a process read its files again. */
export interface WayToTell {
  /** What messages call it. */
  readonly title: string;
  /** Runs inside the container. */
  readonly command: readonly string[];
  /** What it reads. */
  readonly input: string;
}

/**
 * What to run inside a container. A signal, too, comes from inside: one through the engine would count as a stop by
 * hand, after which `unless-stopped` restarts nothing.
 * @param before the files as they were
 */
export function wayToTell(
  reload: NonNullable<FilesInputs['reload']>,
  { files: before }: Pick<FilesInputs, 'files'>,
): WayToTell {
  if (typeof reload === 'string') {
    return { title: reload, command: ['sh', '-c', `kill -s ${reload.replace(/^SIG/, '')} 1`], input: '' };
  }
  const { command, input } = reload;
  const line = input === undefined ? '' : `${before[input]?.content ?? ''}\n`;
  return { title: 'by a command', command, input: line };
}

/** Tells every running container that has a volume to read its files again. */
export async function tellReaders(host: Host, operation: Operation, volume: string, way: WayToTell): Promise<void> {
  const readers = await host.docker.listContainers({ filters: { volume: [volume], status: ['running'] } });
  await Promise.all(
    readers.map(async (reader) => {
      const name = containerName(reader);
      const { exitCode, stderr } = await execute(host, reader.Id, {
        ...{ command: way.command, input: way.input },
        ...{ env: {}, timeoutMs: TIMEOUT_MS, signal: operation.signal },
      }).catch((error: unknown) => {
        throw failure(host, `container ${name} can't be told to read its files again`, error);
      });
      if (exitCode !== 0) throw failure(host, `container ${name} can't be told to read its files again`, stderr.trim());
      operation.log('info', `${name} reads its files again (${way.title})`);
    }),
  );
}

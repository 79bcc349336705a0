import { containerName } from '../../../engine/answers.ts';
import type { Operation } from '../../rpc/index.ts';
import { execute } from '../host/exec.ts';
import { failure, type Host } from '../host/host.ts';

/** How long a container may take to pass a signal on, in milliseconds. */
const TIMEOUT_MS = 10_000;

/**
 * Tells the first process of every running container that has a volume to read its files again. From inside: a signal
 * through the engine would count as a stop by hand, after which `unless-stopped` restarts nothing.
 */
export async function tellReaders(host: Host, operation: Operation, volume: string, signal: string): Promise<void> {
  const readers = await host.docker.listContainers({ filters: { volume: [volume], status: ['running'] } });
  await Promise.all(
    readers.map(async (reader) => {
      const name = containerName(reader);
      const { exitCode, stderr } = await execute(host, reader.Id, {
        command: ['sh', '-c', `kill -s ${signal.replace(/^SIG/, '')} 1`],
        ...{ env: {}, input: '', timeoutMs: TIMEOUT_MS, signal: operation.signal },
      }).catch((error: unknown) => {
        throw failure(host, `container ${name} can't be told to read its files again`, error);
      });
      if (exitCode !== 0) throw failure(host, `container ${name} can't be told to read its files again`, stderr.trim());
      operation.log('info', `${name} reads its files again (${signal})`);
    }),
  );
}
